#pragma once

#include <fmt/ranges.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/predict/predict_options.h"
#include "mini_bert/bert/checkpoint.h"

namespace mini_bert {

// Answers questions with a model: one of the tasks of mini_bert_predict. The constructor loads the model.
class Predictor {
 public:
  virtual ~Predictor() = default;

  // Returns the printed form of each answer: a line of JSON or a small table, with line ends.
  virtual std::vector<std::string> answer(std::span<const std::string> texts) const = 0;

  // Prints several answers, as soon as they are ready.
  using Print = std::function<void(const std::string& answers)>;

  // Answers every row of options.file in order. By default, a row holds one text in the column options.text_column.
  virtual void answer_file(const PredictOptions& options, const Print& print) const;
};

// Loads the model of a task. Names on standard error the keys of its files that nobody knows.
template <class Model = BertForMaskedLM>
Pretrained<Model> load_for_answers(const PredictOptions& options, const LoadOptions& how = {}) {
  Pretrained<Model> loaded = load_pretrained<Model>(options.model, how);
  if (!loaded.report.unknown_keys.empty()) {
    fmt::print(stderr, "keys without effect here: {}\n", fmt::join(loaded.report.unknown_keys, ", "));
  }
  return loaded;
}

// Calls `answer` with chunks of the inputs and prints the results. A chunk is large enough to pack batches of similar
// lengths, and small enough for the first answers to appear soon.
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
