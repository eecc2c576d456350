// A run of any kind that is killed (kill -9) at any time goes on to the bits of a run that was not. Where
// killed_runs_test.cpp kills before a call that changes files, this kills whenever a clock says. A round of
// scripts/soak.sh has other kinds, times and seeds.
#include "mini_bert/bert/training/checkpoint_folders.h"
#include "mini_bert/tensor/random.h"
#include "tests/apps/all_kinds.h"
#include "tests/catch.h"
#include "tests/soak.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace random_kills_test {

// Starts the run, kills it after a while, and resumes it, until it ends by itself. Returns the number of kills.
int kill_and_resume(const AllData& data, const std::string& flags, RandomSequence& random) {
  const std::string begin =
      "mini_bert_train --output out --threads 1 --max-steps 6 --batch-size 2 --save-steps 1 --logging-steps 1 "
      "--learning-rate 0.01 " +
      (flags.find("--seed") == flags.npos ? fmt::format("--seed {} ", random.below(1000)) : "") + flags;
  fs::remove_all(data.path() / "out");
  REQUIRE(data.run(begin).exit_code == 0);
  fs::remove_all(data.path() / "unbroken");
  fs::rename(data.path() / "out", data.path() / "unbroken");
  std::string command = begin;
  for (int kills = 0;; ++kills) {
    REQUIRE(kills < 200);
    // Later and later, so that a machine that is busy with other work gets to the end as well.
    const std::uint32_t milliseconds = 5 + random.below(250 + 10 * static_cast<std::uint32_t>(kills));
    const Outcome outcome =
        data.run(fmt::format("timeout -s KILL {}.{:03} {}", milliseconds / 1000, milliseconds % 1000, command));
    INFO(command << "\nkilled after " << milliseconds << " ms\n" << outcome.out << outcome.err);
    if (outcome.exit_code == 0) return kills;
    REQUIRE(outcome.exit_code == 137);
    command =
        newest_whole_checkpoint(data.path() / "out") ? "mini_bert_train --resume --output out" : begin + " --overwrite";
  }
}

TEST_CASE("random kills: every kind of run goes on to the same bits", "[apps][kills]") {
  const AllData data;
  std::vector<std::string> kinds = kinds_of_masking();
  for (const std::string& kind : kinds_of_other_tasks()) kinds.push_back(kind);
  RandomSequence random({.seed = test::soak_seed(21)});
  const bool slow = std::getenv("ASAN_OPTIONS") != nullptr || std::getenv("TSAN_OPTIONS") != nullptr;
  const int runs = slow ? 1 : test::soak_count(4);
  int kills = 0;
  for (int i = 0; i < runs; ++i) {
    const std::string& flags = kinds[random.below(static_cast<std::uint32_t>(kinds.size()))];
    INFO(flags);
    kills += kill_and_resume(data, flags, random);
    for (const char* file : {"model.safetensors", "config.json", "trainer_state.json", "metrics.jsonl",
                             "checkpoint-6/optimizer.safetensors", "checkpoint-6/checksums.json"}) {
      INFO(file);
      REQUIRE(read_file(data.path() / "out" / file) == read_file(data.path() / "unbroken" / file));
    }
  }
  fmt::print("random kills: {} runs, {} kills\n", runs, kills);
}

}  // namespace random_kills_test
