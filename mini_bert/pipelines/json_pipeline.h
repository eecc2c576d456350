#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mini_bert/pipelines/pipeline.h"

namespace mini_bert {

class JsonField;

// A Pipeline whose calls are texts of JSON, for languages that share only numbers and texts with C++. Options and
// results have the names of transformers' pipelines. Tensors lie beside the result: {"array": 3, "shape": [6, 12]} is
// arrays()[3].
//
//   open            {"folder"}                                        → facts about the model
//   describe        {}                                                → these facts, which a training may change
//   fill_mask       {"text", "top_k", "targets"}                      → a list of answers for each [MASK]
//   fill_jointly    {"text", "top_k", "beam", "max_blank_length"}     → the best ways to fill all of them
//   classify        {"texts": ["…" or ["…", "…"]]}                    → a list of labels for each
//   tag             {"texts", "aggregation_strategy"}                 → a list of entities for each
//   answer          {"question", "context", "top_k", "doc_stride", "max_answer_len", "handle_impossible_answer"}
//   choose          {"choices", "context", "question"}                → the choices as labels, best first
//   score           {"texts"}                                         → how probable each is
//   embed           {"texts", "pooling", "normalize", "prompt_name"}  → an array [texts, numbers]
//   encode          {"text", "text_pair", "add_special_tokens"}       → ids, tokens, offsets, …
//   decode          {"ids", "skip_special_tokens"}                    → a text
//   read            {"data"}                                          → {"texts", "notes"}: how many a file has
//   start_training  {"data", "validation", "arguments"}               → {"total_steps"}; data: {"name", "extension",
//   "text"} advance         {}                                                → what one update brought; "more": is
//   there a next? end_training    {"interrupted"}                                   → TrainingReport::to_json() inspect
//   {"text"}                                          → every step of a masked language model loss_gradient   {"text",
//   "token", "target"}                       → what one word asks of the weights save            {"folder",
//   "save_type"}                           → null
class JsonPipeline {
 public:
  JsonPipeline();
  ~JsonPipeline();

  // {"result": …} or {"error": "…"}. Throws nothing but std::bad_alloc.
  std::string call(std::string_view operation, std::string_view options);

  // The tensors of the last result.
  const std::vector<Tensor>& arrays() const { return arrays_; }

 private:
  using Json = nlohmann::json;
  struct Operation;
  struct Training;
  static const Operation operations[];

  Json run(std::string_view operation, const JsonField& options);
  Json array(const Tensor& tensor);  // puts it beside the result

  Json open(const JsonField& options);
  Json describe(const JsonField& options);
  Json fill_mask(const JsonField& options);
  Json fill_jointly(const JsonField& options);
  Json classify(const JsonField& options);
  Json tag(const JsonField& options);
  Json answer(const JsonField& options);
  Json choose(const JsonField& options);
  Json score(const JsonField& options);
  Json embed(const JsonField& options);
  Json encode(const JsonField& options);
  Json decode(const JsonField& options);
  Json read(const JsonField& options);
  Json start_training(const JsonField& options);
  Json advance(const JsonField& options);
  Json end_training(const JsonField& options);
  Json inspect(const JsonField& options);
  Json loss_gradient(const JsonField& options);
  Json save(const JsonField& options);

  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<Training> training_;  // refers to the pipeline
  std::vector<Tensor> arrays_;
};

}  // namespace mini_bert
