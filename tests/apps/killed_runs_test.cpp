// A run that is killed before any of its calls that change files, as by a power cut, loses nothing that was saved, and
// goes on to the bits of a run that was not.
#include "mini_bert/bert/training/checkpoint_folders.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"
#include "tests/soak.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace killed_runs_test {

const std::vector<std::string> model_files = {"config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json"};

// A folder with data for a run of four updates with two checkpoints, of which one is kept.
class KilledRuns : public ProgramFolder {
 public:
  KilledRuns() {
    write_file(path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n天地日月\n山水风云\n");
    REQUIRE(run(train("unbroken")).exit_code == 0);
  }

  static std::string train(const std::string& output, int seed = 42) {
    return "mini_bert_train --model model --train t.txt --output " + output + " --threads 1 --max-steps 4 " +
           "--logging-steps 2 --save-steps 2 --save-total-limit 1 --seed " + std::to_string(seed);
  }

  // Runs a command that is killed before a call. Returns whether it was; otherwise it ended by itself.
  bool killed(int call, const std::string& command) const {
    const Outcome outcome =
        run("env LD_PRELOAD=" MINI_BERT_KILLING_CALLS " MINI_BERT_KILL_AT=" + std::to_string(call) + " " + command);
    INFO(outcome.out << outcome.err);
    REQUIRE((outcome.exit_code == 0 || outcome.exit_code == 137));
    return outcome.exit_code != 0;
  }

  bool same(const fs::path& a, const fs::path& b, const std::vector<std::string>& files) const {
    return std::ranges::all_of(
        files, [&](const std::string& file) { return read_file(path() / a / file) == read_file(path() / b / file); });
  }
};

TEST_CASE("killed runs: whichever call was the last one, the run goes on and ends with the same bits",
          "[apps][killed]") {
  const KilledRuns runs;
  const int stride =
      std::getenv("ASAN_OPTIONS") == nullptr ? 1 : 13;  // programs with sanitizers take ten times as long
  bool saved = false;
  int call = 1, resumed = 0;
  for (bool killed = true; killed; call += stride) {
    CAPTURE(call);
    REQUIRE(call < 2000);
    fs::remove_all(runs.path() / "out");
    killed = runs.killed(call, KilledRuns::train("out"));
    const auto whole = newest_whole_checkpoint(runs.path() / "out");
    REQUIRE((whole.has_value() || !saved));  // once there is a checkpoint, there is always one
    saved = whole.has_value();
    if (!killed) break;
    const Outcome outcome =
        runs.run(saved ? "mini_bert_train --resume --output out" : KilledRuns::train("out") + " --overwrite");
    INFO(outcome.out << outcome.err);
    REQUIRE(outcome.exit_code == 0);
    resumed += saved;
    REQUIRE(runs.same("out", "unbroken", model_files));
    REQUIRE(runs.same("out", "unbroken", {"trainer_state.json", "metrics.jsonl"}));
    for (const auto& entry : fs::recursive_directory_iterator(runs.path() / "out")) {
      INFO(entry.path());
      REQUIRE(entry.path().extension() != ".tmp");
      REQUIRE(entry.path().filename() != "run.lock");
    }
  }
  CHECK(call > 100);
  CHECK(resumed * stride > 50);
}

TEST_CASE("killed runs: a new run in the place of an old one leaves the old model or the new one", "[apps][killed]") {
  const KilledRuns runs;
  REQUIRE(runs.run(KilledRuns::train("old", 7)).exit_code == 0);
  bool is_new = false;
  int call = 3 + static_cast<int>(test::soak_seed(0) % 7);
  for (bool killed = true; killed; call += 7) {
    CAPTURE(call);
    REQUIRE(call < 2000);
    REQUIRE(runs.run("rm -rf out out.*; cp -r old out").exit_code == 0);
    killed = runs.killed(call, KilledRuns::train("out") + " --overwrite");
    const bool is_old = runs.same("out", "old", model_files);
    REQUIRE((!is_new || !is_old));
    is_new = runs.same("out", "unbroken", model_files);
    REQUIRE(is_old != is_new);
  }
  CHECK(is_new);
}

}  // namespace killed_runs_test
