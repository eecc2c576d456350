#include "mini_bert/bert/data/dropped_rows.h"

#include <string_view>

namespace mini_bert {

void DroppedRows::add_blank(std::size_t line) {
  if (blank_++ == 0) first_blank_line_ = line;
}

void DroppedRows::add_undecided(std::size_t line) {
  if (undecided_++ == 0) first_undecided_line_ = line;
}

void DroppedRows::add_bad(const Error& error) {
  if (bad_++ == 0) first_bad_ = error.what();
}

void DroppedRows::check(std::size_t kept) const {
  const std::size_t rows = kept + blank_ + undecided_ + bad_;
  if (bad_ * 100 <= rows) return;
  if (bad_ == 1) throw Error(first_bad_);
  fail("{} (the first of {} bad rows among {})", first_bad_, bad_, rows);
}

std::vector<std::string> DroppedRows::facts(const std::string& path, std::size_t kept) const {
  const std::size_t rows = kept + blank_ + undecided_ + bad_;
  std::vector<std::string> facts;
  if (blank_ > 0) {
    facts.push_back(fmt::format("{}: {} of {} rows {} no text and {} left out (the first in line {})", path, blank_,
                                rows, blank_ == 1 ? "has" : "have", blank_ == 1 ? "is" : "are", first_blank_line_));
  }
  if (undecided_ > 0) {
    facts.push_back(
        fmt::format("{}: {} of {} rows {} the label \"-\", which says that annotators disagreed, and {} left out (the "
                    "first in line "
                    "{})",
                    path, undecided_, rows, undecided_ == 1 ? "has" : "have", undecided_ == 1 ? "is" : "are",
                    first_undecided_line_));
  }
  if (bad_ > 0) {
    const std::string_view first = first_bad_;
    const std::string place = path + ": ";
    facts.push_back(fmt::format("{}{} of {} rows cannot be used and {} left out; the first: {}", place, bad_, rows,
                                bad_ == 1 ? "is" : "are", first.substr(first.starts_with(place) ? place.size() : 0)));
  }
  return facts;
}

}  // namespace mini_bert
