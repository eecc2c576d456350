#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mini_bert {

// Where a line is when several files are read as one: lines count on from file to file, as if the files were joined.
class LinePlaces {
 public:
  // Counts the lines of the files. A single file is not opened.
  explicit LinePlaces(const std::vector<std::string>& files);

  // The number of lines before file i.
  std::size_t before(std::size_t i) const { return before_[i]; }

  // "line 5", or "line 5 of b.txt" when there are several files. `entry` is the word for a line.
  std::string place(const std::string& entry, std::size_t line) const;

  // The file and the line in it; without a file when there is only one.
  struct Place {
    std::string file;
    std::size_t line;
  };
  Place find(std::size_t line) const;

 private:
  std::vector<std::string> files_;
  std::vector<std::size_t> before_;
};

}  // namespace mini_bert
