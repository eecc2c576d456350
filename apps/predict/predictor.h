#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/predict/predict_options.h"

namespace mini_bert {

// A model with what it is asked: one of the tasks of mini_bert_predict. Made with its model loaded.
class Predictor {
 public:
  virtual ~Predictor() = default;

  // The answer to each text as it is printed: a line of JSON or a small table, line ends included.
  virtual std::vector<std::string> answer(std::span<const std::string> texts) const = 0;

  // Prints answers as they become ready, many at a time.
  using Print = std::function<void(const std::string& answers)>;

  // Answers every row of options.file, in order. By default a row is a text, in the column that options.text_column
  // names.
  virtual void answer_file(const PredictOptions& options, const Print& print) const;
};

// Calls `answer` with so many inputs at a time that it can pack batches of like lengths, and so few that a person sees
// something soon, and prints what it returns.
template <class Input, class Answer>
void answer_in_chunks(std::span<const Input> inputs, const Answer& answer, const Predictor::Print& print) {
  constexpr std::size_t chunk = 256;
  for (std::size_t begin = 0; begin < inputs.size(); begin += chunk) {
    std::string answers;
    for (const std::string& text : answer(inputs.subspan(begin, std::min(chunk, inputs.size() - begin)))) {
      answers += text;
    }
    print(answers);
  }
}

}  // namespace mini_bert
