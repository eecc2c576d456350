#pragma once

#include <fmt/ranges.h>

#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "apps/console/terminal.h"
#include "apps/predict/predict_options.h"
#include "apps/predict/request.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/sample_reader.h"

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

// Says on standard error what answers are computed with, if it is not f32.
void print_precision(const PredictOptions& options, AnswerPrecision precision);

// Loads the model of a task. Error when it has no vector for a token that every question has. Names on standard error
// what is odd about its files: keys that nobody knows, and many rows without a token.
template <class Model = BertForMaskedLM>
Pretrained<Model> load_for_answers(const PredictOptions& options, const LoadOptions& how = {}) {
  Pretrained<Model> loaded = load_pretrained<Model>(options.model, how);
  loaded.tokenizer.require_special_rows(std::is_same_v<Model, BertForMaskedLM>);
  if (!loaded.report.unknown_keys.empty()) {
    print_message(fmt::format("keys without effect here: {}", fmt::join(loaded.report.unknown_keys, ", ")));
  }
  const std::string& note = loaded.report.vocabulary_note;
  if (!note.empty()) print_message(note);
  // Texts of the command line are answered together, in one pass. A task that needs more says so afterwards.
  const bool asked_once = options.files.empty() && !(options.texts.empty() && options.question.empty());
  loaded.model->answer_in(answer_precision_named(options.precision), asked_once ? Asked::once : Asked::often);
  print_precision(options, loaded.model->answer_precision());
  return loaded;
}

// The keys under which a request holds the two texts of a row.
struct PairKeys {
  std::string text = "text", pair = "text_pair";
};

// Makes a request of each row of a file, also of a row without a text, which is then a request with a problem. A row of
// two texts becomes a request with the two `keys`. Prints to stderr which columns were read, unless the user named
// them.
std::vector<Request> requests_of_rows(const std::string& path, const std::string& text_column, ReadOptions how = {},
                                      PairKeys keys = {});

}  // namespace mini_bert
