#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/predict/predict_options.h"
#include "apps/predict/request.h"

namespace mini_bert {

// Answers questions with a model: one of the tasks of mini_bert_predict. The constructor loads the model.
class Predictor {
 public:
  virtual ~Predictor() = default;

  // Returns the printed form of each answer: a line of JSON or a small table, with line ends. Error when a request
  // cannot be answered.
  virtual std::vector<std::string> answer(std::span<const Request> requests) const = 0;

  // The rows of a file, in order. By default, a row holds one text in the column `text_column`.
  virtual std::vector<Request> read_file(const std::string& path, const std::string& text_column) const;
};

}  // namespace mini_bert
