#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "mini_bert/bert/data/record_reader.h"

namespace mini_bert {

// What the cells of a column hold, judged from a sample of the file.
class ColumnContent {
 public:
  // `label`: the label of the row, or an empty text.
  void add(const Field& cell, const std::string& label = {});

  bool is_empty() const { return filled_ == 0; }
  bool holds_numbers() const {
    return filled_ > 0 && numbers_ == filled_;
  }  // cells without any letter: 3, 0.5, 2024-01-02
  bool holds_ids() const { return filled_ > 0 && 10 * (numbers_ + codes_) >= 9 * filled_; }  // a7, x_1, a URL
  // Few distinct values, each short: names of classes, cities, stars.
  bool holds_few_values() const;
  bool holds_data() const { return data_ > filled_; }  // JSON values that are no texts
  // Whether rows with the same label have the same value: the description of the label in other words.
  bool repeats_label() const { return labels_.size() > 1 && !contradicts_label_ && 2 * labels_.size() <= filled_; }
  bool is_text() const;

  std::size_t filled() const { return filled_; }
  std::size_t distinct() const { return values_.size(); }
  double mean_length() const;  // in code points
  // "numbers", "ids", "few distinct values", …: why it is no text.
  std::string_view name() const;

 private:
  std::size_t filled_ = 0, numbers_ = 0, codes_ = 0, data_ = 0, characters_ = 0, longest_ = 0;
  std::map<std::string, std::size_t, std::less<>> values_;
  std::map<std::string, std::string, std::less<>> labels_;  // the value beside each label
  bool contradicts_label_ = false;
};

// Whether a text has no letter of any script: a number, a date, punctuation.
bool has_no_letter(std::string_view text);

}  // namespace mini_bert
