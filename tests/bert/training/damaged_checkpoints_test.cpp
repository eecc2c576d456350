// What a run makes of checkpoints that are damaged, gone, edited or not of a run.
#include <nlohmann/json.hpp>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/training/checkpoint_folders.h"
#include "mini_bert/files/manifest.h"
#include "mini_bert/tensor/simd/isa.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using test::Run;
using test::Setup;
namespace fs = std::filesystem;

namespace damaged_checkpoints_test {

// A run of twelve updates that has left a checkpoint after every third one.
struct SavedRun : Setup {
  SavedRun() {
    arguments.save_steps = 3;
    Run(*this).trainer.run();
  }
  fs::path at(int step) const { return folder / fmt::format("run/checkpoint-{}", step); }
  void truncate(int step, const char* file) const {
    fs::resize_file(at(step) / file, fs::file_size(at(step) / file) / 2);
  }
  std::string resume_error(int step) const {
    return test::error_of([&] { Run(*this).trainer.resume(at(step)); });
  }
};

TEST_CASE("checkpoints: a damaged one is refused, whatever is damaged, and the newest whole one is found") {
  const SavedRun saved;
  const fs::path output = saved.folder / "run";
  CHECK(newest_whole_checkpoint(output)->step == 12);
  saved.truncate(12, "optimizer.safetensors");
  CHECK_THROWS_AS(Run(saved).trainer.resume(saved.at(12)), DamagedFileError);
  CHECK_THAT(saved.resume_error(12), ContainsSubstring("checkpoint-12/optimizer.safetensors: is damaged: it has "));
  CHECK(newest_whole_checkpoint(output)->step == 9);

  std::string weights = test::content_of(saved.at(9) / "model.safetensors");
  weights[weights.size() / 2] ^= 4;
  std::ofstream(saved.at(9) / "model.safetensors", std::ios::binary) << weights;
  CHECK_THAT(saved.resume_error(9), ContainsSubstring("checkpoint-9/model.safetensors: is damaged: its checksum is "));
  CHECK(newest_whole_checkpoint(output)->step == 6);

  fs::remove(saved.at(6) / "trainer_state.json");
  CHECK_THAT(saved.resume_error(6),
             ContainsSubstring("checkpoint-6/trainer_state.json: is missing; the checkpoint is"));
  CHECK(newest_whole_checkpoint(output)->path == saved.at(3));
  CHECK(saved.resume_error(3) == "no error");

  saved.truncate(3, "vocab.txt");
  CHECK_FALSE(newest_whole_checkpoint(output).has_value());
  CHECK(checkpoints_in(output).size() == 4);  // damaged ones count: they are not silently skipped
}

TEST_CASE("checkpoints: one without a list of checksums, as earlier versions wrote it, is read") {
  const SavedRun saved;
  fs::remove(saved.at(12) / "checksums.json");
  CHECK(saved.resume_error(12) == "no error");
  fs::remove(saved.at(12) / "optimizer.safetensors");
  CHECK_THAT(saved.resume_error(12), ContainsSubstring("optimizer.safetensors: is missing"));
}

TEST_CASE("checkpoints: a run that goes on from an older one keeps what it saves") {
  SavedRun saved;
  saved.truncate(12, "model.safetensors");
  saved.arguments.save_total_limit = 1;
  saved.arguments.save_steps = 10;
  Run run(saved);
  run.trainer.resume(saved.at(9));
  run.recorder.stop_after = 10;
  REQUIRE(run.trainer.run() == Ending::interrupted);
  const std::vector<CheckpointFolder> left = checkpoints_in(saved.folder / "run");
  REQUIRE(left.size() == 1);
  CHECK(left[0].step == 10);
}

// The first evaluation, before training, stays the best one.
struct BestFirst : Setup {
  BestFirst() {
    arguments.learning_rate = 0;
    arguments.eval_steps = 1;
    arguments.load_best = true;
  }
  fs::path best() const { return folder / "run/checkpoint-0"; }
};

TEST_CASE("load_best: a best checkpoint that is gone is noticed when the run is resumed, not at its end") {
  BestFirst setup;
  Run run(setup);
  run.recorder.stop_after = 5;
  REQUIRE(run.trainer.run() == Ending::interrupted);
  const fs::path checkpoint = setup.folder / "run/checkpoint-5";
  CHECK_NOTHROW(Run(setup).trainer.resume(checkpoint));
  fs::remove_all(setup.best());
  CHECK_THROWS_WITH(
      Run(setup).trainer.resume(checkpoint),
      ContainsSubstring("checkpoint-5/trainer_state.json: the best weights so far are those of update 0; ") &&
          ContainsSubstring("checkpoint-0/model.safetensors: is missing") &&
          ContainsSubstring("Put the file back, or set `load_best` to false"));
  setup.arguments.load_best = false;
  CHECK_NOTHROW(Run(setup).trainer.resume(checkpoint));
}

TEST_CASE("load_best: when the best checkpoint is gone or damaged at the end, the last weights stay, and it is said") {
  for (const bool is_gone : {true, false}) {
    const BestFirst setup;
    Run run(setup);
    std::vector<Tensor> last;
    run.recorder.after_update = [&](const TrainingHistory& history) {
      if (history.step != 12) return;
      test::randomize(run.model, 7, 1);  // weights that the best checkpoint does not have
      last = run.weights();
      for (Tensor& tensor : last) tensor = tensor.clone();
      if (is_gone) {
        fs::remove_all(setup.best());
      } else {
        fs::resize_file(setup.best() / "model.safetensors", 100);
      }
    };
    CHECK(run.trainer.run() == Ending::completed);
    CHECK(test::same_bits(run.weights(), last));
    REQUIRE(run.trainer.history().warnings.size() == 1);
    CHECK_THAT(run.trainer.history().warnings[0],
               ContainsSubstring("the model has the weights of the last update, 12, and not the best ones, those of "
                                 "update 0: ") &&
                   ContainsSubstring("checkpoint-0/model.safetensors: is "));
  }
}

TEST_CASE("resume: numbers of trainer_state.json that no run has are refused, with their place") {
  const SavedRun saved;
  const std::string written = test::content_of(saved.at(9) / "trainer_state.json");
  const auto error_with = [&](const char* key, const std::string& number) {
    const auto json = nlohmann::json::parse(written);
    std::string text = written;
    const std::string old = fmt::format("\"{}\": {}", key, json.at(key).dump());
    REQUIRE(text.find(old) != std::string::npos);
    text.replace(text.find(old), old.size(), fmt::format("\"{}\": {}", key, number));
    test::rewrite_state(saved.at(9), text);
    return saved.resume_error(9);
  };
  for (const char* key :
       {"global_step", "max_steps", "best_global_step", "evaluations_since_best", "steps_since_row"}) {
    for (const char* number : {"1e300", "-1e300", "1e19", "-9223372036854775808", "9223372036854775807", "-1", "0.5",
                               "1e400", "null", "\"3\"", "18446744073709551615"}) {
      INFO(key << " " << number);
      const bool unset = std::string_view(key) == "best_global_step" && std::string_view(number) == "null";
      if (unset) continue;
      CHECK_THAT(error_with(key, number), ContainsSubstring("trainer_state.json"));
    }
  }
  CHECK_THAT(error_with("global_step", "2147483648"), ContainsSubstring("global_step is 2147483648, expected a whole "
                                                                        "number from 0 to 12"));
  CHECK_THAT(error_with("global_step", "13"), ContainsSubstring("from 0 to 12"));
  CHECK_THAT(error_with("max_steps", "13"), ContainsSubstring("max_steps is 13, expected 12"));
  test::rewrite_state(saved.at(9), written);
  CHECK(saved.resume_error(9) == "no error");
}

TEST_CASE("resume: another instruction set is refused, or accepted when told to, and recorded") {
  const SavedRun saved;
  auto json = nlohmann::json::parse(test::content_of(saved.at(9) / "trainer_state.json"));
  json["identity"]["instruction_set"] = "neon2";
  test::rewrite_state(saved.at(9), json.dump());
  CHECK_THAT(saved.resume_error(9), ContainsSubstring("`instruction_set` was neon2, now it is "));

  Run run(saved, "run", 99);
  run.trainer.resume(saved.at(9), OtherInstructionSet::accept);
  CHECK(run.trainer.run() == Ending::completed);
  const TrainingHistory& history = run.trainer.history();
  CHECK(history.identity.value("instruction_set") == name_of(isa()));
  REQUIRE(history.warnings.size() == 1);
  CHECK(history.warnings[0] ==
        fmt::format("the instruction set was neon2 up to update 9 and {} after it; the result is "
                    "not bit-identical to a run with one of them",
                    name_of(isa())));
  CHECK_THAT(test::content_of(saved.at(12) / "trainer_state.json"), ContainsSubstring("the instruction set was neon2"));
  CHECK(saved.resume_error(12) == "no error");  // with the set that it has now

  json["identity"]["seed"] = "43";  // nothing else is accepted with it
  test::rewrite_state(saved.at(9), json.dump());
  CHECK_THROWS_WITH(Run(saved).trainer.resume(saved.at(9), OtherInstructionSet::accept),
                    ContainsSubstring("`seed` was 43, now it is 42") && !ContainsSubstring("instruction_set"));
}

}  // namespace damaged_checkpoints_test
