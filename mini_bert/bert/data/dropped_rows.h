#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mini_bert/base/error.h"

namespace mini_bert {

// The rows of a training file that are not learned from: rows without text, rows whose label says that the annotators
// disagreed, and bad rows, which the reader cannot use.
class DroppedRows {
 public:
  void add_blank(std::size_t line);
  void add_undecided(std::size_t line);
  void add_bad(const Error& error);

  std::size_t blank() const { return blank_; }
  std::size_t bad() const { return bad_; }
  std::size_t undecided() const { return undecided_; }

  // Throws the Error of the first bad row if more than 1 % of all rows of the file are bad. `kept`: the rows that the
  // reader uses.
  void check(std::size_t kept) const;
  // One sentence for each reason: "a.csv: 2 of 300 rows have no text and are left out (the first in line 7)".
  std::vector<std::string> facts(const std::string& path, std::size_t kept) const;

 private:
  std::size_t blank_ = 0, first_blank_line_ = 0, undecided_ = 0, first_undecided_line_ = 0, bad_ = 0;
  std::string first_bad_;
};

}  // namespace mini_bert
