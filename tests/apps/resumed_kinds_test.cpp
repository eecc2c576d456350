// Every kind of run, stopped after an update and resumed by the command that a person types, ends with the bits of one
// that was not stopped. tests/bert/training/trainer_checkpoints_test.cpp stops at every update.
#include "tests/apps/all_kinds.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace resumed_kinds_test {

class ResumedKinds : public AllData {
 public:
  // Stops the run after its third update of six and resumes it.
  void check(const std::string& flags) const {
    INFO(flags);
    fs::remove_all(path() / "out");
    fs::remove_all(path() / "again");
    const Outcome unbroken =
        run("mini_bert_train --output out --threads 1 --max-steps 6 --batch-size 2 --save-steps 3 --logging-steps 2 "
            "--learning-rate 0.01 " +
            flags);
    INFO(unbroken.out << unbroken.err);
    REQUIRE(unbroken.exit_code == 0);
    const Outcome resumed = run(
        "cp -r out again && rm -r again/checkpoint-[4-6] again/model.safetensors again/config.json && mini_bert_train "
        "--resume --output again");
    INFO(resumed.out << resumed.err);
    REQUIRE(resumed.exit_code == 0);
    CHECK_THAT(resumed.out, ContainsSubstring("again/checkpoint-3 after 3 updates"));
    for (const char* file : {"model.safetensors", "config.json", "trainer_state.json", "metrics.jsonl",
                             "checkpoint-6/optimizer.safetensors", "checkpoint-6/checksums.json"}) {
      INFO(file);
      CHECK(read_file(path() / "again" / file) == read_file(path() / "out" / file));
    }
  }
};

TEST_CASE("resumed kinds: masked words, with each group of flags that changes what is computed", "[apps][kinds]") {
  const ResumedKinds data;
  for (const std::string& flags : kinds_of_masking()) data.check(flags);
  fs::remove_all(data.path() / "out");
}

TEST_CASE("resumed kinds: the other tasks", "[apps][kinds]") {
  const ResumedKinds data;
  for (const std::string& flags : kinds_of_other_tasks()) data.check(flags);
}

TEST_CASE("resumed kinds: a budget of tokens instead of a number of texts", "[apps][kinds]") {
  const AllData data;
  const std::string flags =
      "mini_bert_train --model model --train t.txt --threads 1 --max-steps 4 --save-steps 2 --batch-tokens 20 ";
  REQUIRE(data.run(flags + "--output out").exit_code == 0);
  REQUIRE(data.run("cp -r out again && rm -r again/checkpoint-4 && mini_bert_train --resume --output again "
                   "--threads 3")
              .exit_code == 0);
  CHECK(read_file(data.path() / "again/model.safetensors") == read_file(data.path() / "out/model.safetensors"));
}

}  // namespace resumed_kinds_test
