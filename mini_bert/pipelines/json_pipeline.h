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

// A Pipeline whose calls are texts of JSON, for bindings to other languages. Options and results have the names of
// transformers' pipelines, and results keep its order of keys. Tensors lie beside the result: {"array": 3, "shape":
// [6, 12]} is the fourth of its arrays.
//
//   open              {"folder"}                                        → facts about the model
//   describe          {}                                                → these facts, which a training may change
//   fill_mask         {"text", "top_k", "targets"}                      → a list of answers for each [MASK]
//   fill_jointly      {"text", "top_k", "beam", "max_blank_length"}     → the best ways to fill all of them
//   classify          {"texts": ["…" or ["…", "…"]]}                    → a list of labels for each
//   tag               {"texts", "aggregation_strategy"}                 → a list of entities for each
//   answer            {"question", "context", "top_k", "doc_stride", "max_answer_len", "handle_impossible_answer"}
//   choose            {"choices", "context", "question"}                → the choices as labels, best first
//   score             {"texts"}                                         → how probable each is
//   embed             {"texts", "pooling", "normalize", "prompt_name"}  → an array [texts, numbers]
//   encode            {"text", "text_pair", "add_special_tokens"}       → ids, tokens, offsets, …
//   decode            {"ids", "skip_special_tokens"}                    → a text
//   read              {"data"}                                          → {"texts", "notes"}: how many data have
//   start_training    {"data", "validation", "arguments"}               → {"total_steps"}
//   advance           {}                                                → what one update brought, and "more": is there
//                                                                         a next one?
//   end_training      {}                                                → the report (training_run.h). The ending of a
//                                                                         training with updates left is "interrupted".
//   abandon_training  {}                                                → null. The model keeps what it has learned.
//   inspect           {"text"}                                          → every step of a masked language model
//   loss_gradient     {"text", "token", "target"}                       → what one word asks of the weights
//   save              {"folder", "save_type"}                           → null
//
// Data are {"name", "extension", "text"}, a text that is read like a file, or {"files": ["a.txt", …]}.
class JsonPipeline {
 public:
  JsonPipeline();
  ~JsonPipeline();

  struct Result {
    std::string json;
    std::vector<Tensor> arrays;
  };
  // For languages with exceptions. Throws what Pipeline throws.
  Result result(std::string_view operation, std::string_view options);

  // For other languages: {"result": …} or {"error": "…"}. Throws nothing but std::bad_alloc.
  std::string call(std::string_view operation, std::string_view options);
  // The tensors of the last call.
  const std::vector<Tensor>& arrays() const { return arrays_; }

  // Of the model; Error when none is open.
  std::shared_ptr<const Tokenizer> tokenizer() const;

 private:
  using Json = nlohmann::ordered_json;
  struct Operation;
  struct Training;
  static const Operation operations[];

  Json run(std::string_view operation, std::string_view options);
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
  Json abandon_training(const JsonField& options);
  Json inspect(const JsonField& options);
  Json loss_gradient(const JsonField& options);
  Json save(const JsonField& options);

  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<Training> training_;  // refers to the pipeline
  std::vector<Tensor> arrays_;
};

}  // namespace mini_bert
