#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/data/record_reader.h"

namespace mini_bert {

// A text without the white space at its ends.
std::string trimmed(std::string_view text);

// The labels in a cell, each trimmed. Read as a list: a JSON array, also where it stands in a cell of a .csv file
// (["a", "b"]), a list as Python or numpy prints it (['a', 'b'], [0 1 1]), a JSON object of zeros and ones ({"a": 1}),
// or labels with commas (also the wide one of Chinese) between them. In a list of booleans, true is 1 and false is 0.
// An empty cell and null have no labels. Throws Error, which begins with `place`, for a list that cannot be read.
std::vector<std::string> read_label_list(const Field& cell, const std::string& place);

// Whether these labels are a vector of zeros and ones with one entry for each of the model's labels: [0, 1, 1],
// [0.0, 1.0].
bool is_label_vector(const std::vector<std::string>& labels);

// The names of the labels where the vector has a one.
std::vector<std::string> labels_of_vector(const std::vector<std::string>& vector,
                                          const std::vector<std::string>& names);

}  // namespace mini_bert
