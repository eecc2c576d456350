#pragma once

#include <functional>

#include "mini_bert/bert/training/masked_lm_objective.h"
#include "mini_bert/bert/training/trainer.h"
#include "tests/bert/bert_testing.h"
#include "tests/files/temporary_folder.h"

namespace mini_bert::test {

// Records the calls that it gets: "probe 0", "eval 0", "update 1", "row 1", "checkpoint-1", "asked".
class Recorder : public TrainingObserver {
 public:
  void on_update(const UpdateReport& report, const TrainingHistory& history) override {
    reports.push_back(report);
    events.push_back(fmt::format("update {}", history.step));
    step_ = history.step;
    if (after_update) after_update(history);
  }
  void on_row(const TrainingRow& row) override { events.push_back(fmt::format("row {}", row.step)); }
  void on_row(const EvaluationRow& row) override { events.push_back(fmt::format("eval {}", row.step)); }
  void on_row(const ProbeRow& row) override { events.push_back(fmt::format("probe {}", row.step)); }
  void on_checkpoint(const std::filesystem::path& path) override {
    require(std::filesystem::exists(path / "trainer_state.json"), "test: {} is announced too early", path.string());
    events.push_back(path.filename().string());
  }
  bool stop_requested() override {
    events.emplace_back("asked");
    return step_ == stop_after;
  }

  Index stop_after = -1;
  std::function<void(const TrainingHistory&)> after_update;
  std::vector<UpdateReport> reports;
  std::vector<std::string> events;

 private:
  Index step_ = 0;
};

// `count` texts of 3 to 12 letters.
inline std::vector<std::string> random_texts(int count, std::uint64_t seed) {
  RandomSequence random({.seed = seed});
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    std::string text;
    for (std::uint32_t letters = 3 + random.below(10); letters > 0; --letters) {
      text += static_cast<char>('a' + random.below(16));
      text += ' ';
    }
    texts.push_back(text);
  }
  return texts;
}

// Everything from which a model and its Trainer are made, and a folder for checkpoints. There are ten texts in batches
// of two, and two batches per update. So an epoch has three updates, and the last update has a single batch.
struct Setup {
  Setup() {
    data.train = dataset_of(random_texts(10, 1), tokenizer);
    data.validation = dataset_of(random_texts(3, 2), tokenizer);
    data.probes = {"a b [MASK] d"};
    arguments.batch_size = 2;
    arguments.accumulation_steps = 2;
    arguments.epochs = 4;
    arguments.learning_rate = 1e-3;
    arguments.warmup_steps = 2;
    arguments.adamw.weight_decay = 0.01;
    arguments.logging_steps = 5;
    arguments.eval_steps = 4;
    arguments.save_steps = 0;
  }

  Threads one_thread{1};
  Tokenizer tokenizer = tiny_tokenizer();
  BertConfig config = tiny_config(0.1);
  TrainingArguments arguments;
  TrainingData data;
  TemporaryFolder folder;
};

// Replaces the state of a checkpoint as somebody does who edits it: without its list of checksums.
inline void rewrite_state(const std::filesystem::path& checkpoint, const std::string& text) {
  std::filesystem::remove(checkpoint / "checksums.json");
  std::ofstream(checkpoint / "trainer_state.json") << text;
}

// A model and its Trainer.
struct Run {
  explicit Run(const Setup& setup, const std::string& output = "run", std::uint64_t seed = 1)
      : model(setup.config),
        objective(model, setup.tokenizer, setup.arguments, setup.data),
        trainer(objective, setup.tokenizer, setup.arguments, setup.folder / output, recorder) {
    std::filesystem::create_directories(setup.folder / output);
    model.initialize(seed);
  }

  std::vector<Tensor> weights() const { return values_of(model.parameters()); }

  Recorder recorder;
  BertForMaskedLM model;
  MaskedLmObjective objective;
  Trainer trainer;
};

}  // namespace mini_bert::test
