#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/training/masked_lm_objective.h"
#include "mini_bert/bert/training/trainer.h"

namespace mini_bert {

// What the page asks of a masked language model: open it, ask it, teach it update by update, look inside, save it.
// Options and results are JSON. Tensors go beside it: {"array": 3, "shape": [6, 12]} is arrays()[3].
class Playground {
 public:
  // Runs an operation by its name. Throws Error when there is no such operation, when no model is open, and what the
  // operation itself throws.
  //   open     {"folder", "name", "guard"}                 → facts about the model; guard: a file, may be ""
  //   fill     {"text", "topK", "anyLength"}               → {"blanks": [[answer …] …], "together": [answer …] | null}
  //   read     {"file"}                                    → {"texts", "notes"}: how many there are, and what was left out
  //   teach    {"texts" | "file", "epochs", "learningRate", "probes"}  → {"steps"}
  //   advance  {}                                          → what one update brought, and whether there is a next one
  //   inspect  {"text"}                                    → inspect() of bert/predict/inspect.h
  //   pull     {"text", "token", "target"}                 → pull_of()
  //   save     {"folder"}                                  → null
  nlohmann::json call(const std::string& operation, const nlohmann::json& options);

  // The tensors of the last result.
  const std::vector<Tensor>& arrays() const { return arrays_; }

 private:
  // Keeps the last update of the trainer.
  struct LastUpdate : TrainingObserver {
    UpdateReport report = {};
    void on_update(const UpdateReport& update, const TrainingHistory&) override { report = update; }
  };
  // A run, with everything that the trainer refers to.
  struct Run {
    TrainingArguments arguments;
    std::unique_ptr<MaskedLmObjective> objective;
    LastUpdate last;
    std::unique_ptr<Trainer> trainer;
    std::size_t probes_told = 0;
  };

  nlohmann::json open(const nlohmann::json& options);
  nlohmann::json fill(const nlohmann::json& options) const;
  nlohmann::json read(const nlohmann::json& options) const;
  nlohmann::json teach(const nlohmann::json& options);
  nlohmann::json advance(const nlohmann::json& options);
  nlohmann::json inspect(const nlohmann::json& options);
  nlohmann::json pull(const nlohmann::json& options) const;
  nlohmann::json save(const nlohmann::json& options) const;

  nlohmann::json array(const Tensor& tensor);
  nlohmann::json probes() const;
  nlohmann::json guard() const;

  std::unique_ptr<PretrainedModel> opened_;
  std::filesystem::path guard_;
  std::optional<Run> run_;
  std::vector<Tensor> arrays_;
};

}  // namespace mini_bert
