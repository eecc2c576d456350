// The folder of a run: who may write in it, what a killed run leaves, and checkpoints that are damaged or not of a run.
#include <nlohmann/json.hpp>

#include "mini_bert/bert/training/checkpoint_folders.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace run_folders_test {

class RunFolders : public ProgramFolder {
 public:
  RunFolders() { write_file(path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n天地日月\n山水风云\n"); }

  static std::string train(int updates) {
    return "mini_bert_train --model model --train t.txt --output out --threads 1 --logging-steps 20 --save-steps 2 "
           "--max-steps " +
           std::to_string(updates) + " ";
  }
  Outcome succeeds(const std::string& command) const {
    Outcome outcome = run(command);
    INFO(outcome.out << outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome;
  }
  std::string error(const std::string& command) const {
    const Outcome outcome = run(command);
    INFO(outcome.out << outcome.err);
    REQUIRE(outcome.exit_code == 1);
    REQUIRE(std::ranges::count(outcome.err, '\n') == 1);
    return outcome.err;
  }
  fs::path checkpoint(int step) const { return path() / ("out/checkpoint-" + std::to_string(step)); }
};

TEST_CASE("run folders: what a run leaves that is killed as it begins does not block the folder", "[apps][folders]") {
  const RunFolders folder;
  const auto leave = [&] {
    write_file(folder.path() / "out/arguments.json.tmp", "{\"mod");
    write_file(folder.path() / "out/run.lock", "1 elsewhere\n");
    write_file(folder.path() / "out/checkpoint-5.removed.tmp/model.safetensors", "half");
  };
  for (const char* flag : {"", "--overwrite"}) {
    leave();
    folder.succeeds(RunFolders::train(1) + flag);
    CHECK_FALSE(fs::exists(folder.path() / "out/arguments.json.tmp"));
    CHECK_FALSE(fs::exists(folder.path() / "out/checkpoint-5.removed.tmp"));
    CHECK_FALSE(fs::exists(folder.path() / "out/run.lock"));
    fs::remove_all(folder.path() / "out");
  }
  leave();
  write_file(folder.path() / "out/letter.txt", "of somebody");
  for (const char* flag : {"", "--overwrite"}) {
    CHECK_THAT(folder.error(RunFolders::train(1) + flag), ContainsSubstring("holds files that are not of a run"));
  }
  CHECK(fs::exists(folder.path() / "out/arguments.json.tmp"));  // not ours to clear
}

TEST_CASE("run folders: a second run in a folder is told who is at work there", "[apps][folders]") {
  const RunFolders folder;
  const std::string second = "mini_bert_train --model model --train t.txt --output out --max-steps 1";
  const Outcome outcome = folder.run(
      RunFolders::train(1'000'000) + "--save-steps 0 & pid=$!; " +
      "until grep -q grad_norm out/metrics.jsonl 2>/dev/null; do sleep 0.01; done; echo $pid > pid; for flag in '' "
      "--overwrite; do " +
      second +
      " $flag; echo $? >> codes; done 2> second; mini_bert_train --resume --output out 2>> second; "
      "echo $? >> codes; kill -TERM $pid; wait $pid");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 130);
  CHECK(read_file(folder.path() / "codes") == "1\n1\n1\n");
  std::string pid = read_file(folder.path() / "pid");
  pid.pop_back();
  const std::string said = read_file(folder.path() / "second"), line = "out: process " + pid + " is writing to this";
  CHECK(std::ranges::count(said, '\n') == 3);
  CHECK(said.find(line) != std::string::npos);
  CHECK(said.rfind(line) > said.rfind("\n", said.size() - 2));
  CHECK_FALSE(fs::exists(folder.path() / "out/run.lock"));
}

TEST_CASE("run folders: a damaged checkpoint is named with the newest whole one, which goes on when told to",
          "[apps][folders]") {
  const RunFolders folder;
  folder.succeeds(RunFolders::train(6));
  fs::rename(folder.path() / "out", folder.path() / "unbroken");
  fs::copy(folder.path() / "unbroken", folder.path() / "out", fs::copy_options::recursive);
  fs::resize_file(folder.checkpoint(6) / "optimizer.safetensors", 100);
  const std::string error = folder.error("mini_bert_train --resume --output out");
  CHECK_THAT(error, ContainsSubstring("out/checkpoint-6/optimizer.safetensors: is damaged: it has 100 bytes"));
  const std::string told = "mini_bert_train --output out --resume-from-checkpoint out/checkpoint-4";
  CHECK_THAT(error, ContainsSubstring("the newest whole checkpoint is out/checkpoint-4; go on with it: ") &&
                        ContainsSubstring(told));
  folder.succeeds(told);
  CHECK(read_file(folder.path() / "out/model.safetensors") == read_file(folder.path() / "unbroken/model.safetensors"));
  CHECK(newest_whole_checkpoint(folder.path() / "out")->step == 6);  // written again
  for (const int step : {2, 4, 6}) fs::remove(folder.checkpoint(step) / "model.safetensors");
  CHECK_THAT(folder.error("mini_bert_train --resume --output out"),
             ContainsSubstring("model.safetensors: is missing") &&
                 ContainsSubstring("no checkpoint of the run is whole; start it anew with --overwrite"));
}

TEST_CASE("run folders: a folder that only has the name of a checkpoint neither blocks nor is deleted",
          "[apps][folders]") {
  const RunFolders folder;
  folder.succeeds(RunFolders::train(4));
  write_file(folder.checkpoint(999) / "notes.txt", "of somebody");
  fs::create_directories(folder.checkpoint(1000));
  CHECK_THAT(folder.succeeds("mini_bert_train --resume --output out").out,
             ContainsSubstring("out/checkpoint-4 after 4"));
  folder.succeeds(RunFolders::train(4) + "--overwrite --save-total-limit 1");
  CHECK(read_file(folder.checkpoint(999) / "notes.txt") == "of somebody");
  CHECK(checkpoints_in(folder.path() / "out").size() == 1);
}

TEST_CASE("run folders: flags that say the opposite and texts in brackets survive a resumed run", "[apps][folders]") {
  const RunFolders folder;
  const std::string flags = "--adam-no-bias-correction --line-by-line --probe '[MASK]' --probe '[MASK]国[MASK]' ";
  folder.succeeds(RunFolders::train(4) + flags);
  fs::rename(folder.path() / "out", folder.path() / "unbroken");
  folder.succeeds(RunFolders::train(4) + flags);
  fs::remove_all(folder.checkpoint(4));
  folder.succeeds("mini_bert_train --resume --output out");
  for (const char* file : {"model.safetensors", "trainer_state.json"}) {
    CHECK(read_file(folder.path() / "out" / file) == read_file(folder.path() / "unbroken" / file));
  }
}

TEST_CASE("run folders: another instruction set or configuration is refused, and the set is accepted with a flag",
          "[apps][folders]") {
  const RunFolders folder;
  folder.succeeds("MINI_BERT_ISA=portable " + RunFolders::train(4));
  fs::remove_all(folder.checkpoint(4));
  const std::string resume = "mini_bert_train --resume --output out";
  if (folder.run("MINI_BERT_ISA=avx2 mini_bert_predict fill-mask --model model '三[MASK]'").exit_code == 0) {
    CHECK_THAT(folder.error("MINI_BERT_ISA=avx2 " + resume),
               ContainsSubstring("the instruction set (MINI_BERT_ISA) was portable, now it is avx2; to go on, set "
                                 "MINI_BERT_ISA=portable on a CPU that has it, or add --allow-other-instruction-set"));
    const Outcome outcome = folder.succeeds("MINI_BERT_ISA=avx2 " + resume + " --allow-other-instruction-set");
    CHECK_THAT(outcome.out, ContainsSubstring("warning     the instruction set was portable up to update 2 and avx2"));
    CHECK_THAT(folder.report(), ContainsSubstring("The instruction set was portable up to update 2"));
    CHECK(read_file(folder.path() / "out/arguments.json").find("allow-other") == std::string::npos);
  }
  std::string config = read_file(folder.path() / "model/config.json");
  for (const auto& [key, value] : {std::pair{"hidden_act", "\"relu\""},
                                   {"hidden_dropout_prob", "0.25"},
                                   {"attention_probs_dropout_prob", "0.25"},
                                   {"layer_norm_eps", "1e-05"},
                                   {"num_attention_heads", "4"}}) {
    auto json = nlohmann::json::parse(config);
    json[key] = nlohmann::json::parse(value);
    write_file(folder.path() / "model/config.json", json.dump());
    CHECK_THAT(folder.error("MINI_BERT_ISA=portable " + resume + " --allow-other-instruction-set"),
               ContainsSubstring(std::string(key) + " in the model's config.json was "));
  }
}

TEST_CASE("run folders: the limit of a user's files is an error, not a signal", "[apps][folders]") {
  const RunFolders folder;
  CHECK_THAT(folder.error("ulimit -f 16; " + RunFolders::train(2)),
             ContainsSubstring("safetensors: cannot be written: "));
}

TEST_CASE("run folders: a signal that a run was started to ignore stays ignored", "[apps][folders]") {
  const RunFolders folder;
  const Outcome outcome = folder.run(
      "trap '' INT; { until grep -q grad_norm out/metrics.jsonl 2>/dev/null; do sleep 0.01; done; "
      "kill -INT $(cut -d' ' -f1 out/run.lock) && touch sent; } & " +
      RunFolders::train(3000) + "--save-steps 0");
  INFO(outcome.out << outcome.err);
  CHECK(fs::exists(folder.path() / "sent"));
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(folder.report(), ContainsSubstring("<span>completed in"));
}

}  // namespace run_folders_test
