// How a run ends when something goes wrong: what is saved, what its report says, and that no loss looks like success.
#include "apps/train/run_directory.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

// A folder with data, and a run of so many updates that it is still going when something happens to it.
class EndlessRun : public ProgramFolder {
 public:
  EndlessRun() { write_file(path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n天地日月\n山水风云\n"); }

  static std::string command(int updates) {
    return "mini_bert_train --model model --train t.txt --output out --threads 1 --logging-steps 20 --save-steps 0 "
           "--probe '三国人物诸葛[MASK]=涛' --max-steps " +
           std::to_string(updates);
  }

  // The run was interrupted, says so, and can go on.
  void check_interrupted() const {
    CHECK_THAT(report(), ContainsSubstring("<span>interrupted after") && !ContainsSubstring("still running"));
    CHECK_FALSE(Trainer::latest_checkpoint(path() / "out").empty());
    CHECK_FALSE(fs::exists(path() / "out/model.safetensors"));
  }
};

const std::string until_it_trains = "until grep -q grad_norm out/metrics.jsonl 2>/dev/null; do sleep 0.01; done; ";

bool has_full_device() {
  return fs::exists("/dev/full");
}

}  // namespace

TEST_CASE("endings: answers that cannot be written are an error", "[apps][endings]") {
  if (!has_full_device()) return;
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "天[MASK]\n");
  for (const char* command :
       {"mini_bert_predict fill-mask --model model '天[MASK]'",
        "mini_bert_predict fill-mask --model model --json '天[MASK]'",
        "mini_bert_predict fill-mask --model model --file t.txt --json",
        "mini_bert_predict score --model model < t.txt", "mini_bert_predict --help", "mini_bert_train --version",
        "mini_bert_tokenize --model model t.txt", "mini_bert_vocab --size 30 --output v t.txt",
        "mini_bert_train --check --model model --train t.txt"}) {
    const Outcome outcome = folder.run("{ " + std::string(command) + "; } > /dev/full");
    INFO(command << '\n' << outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK_THAT(outcome.err, ContainsSubstring("standard output cannot be written"));
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
  }
}

TEST_CASE("endings: a full disk under the log does not end a run", "[apps][endings]") {
  if (!has_full_device()) return;
  const EndlessRun run;
  const Outcome outcome = run.run(EndlessRun::command(400) + " --logging-steps 1 > /dev/full");
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("standard output cannot be written: No space left"));
  CHECK(fs::exists(run.path() / "out/model.safetensors"));
  CHECK_THAT(run.report(), ContainsSubstring("<span>completed in"));
}

TEST_CASE("endings: when nobody reads its output any more, a run saves a checkpoint and stops", "[apps][endings]") {
  for (const char* redirected : {"", "2>&1"}) {  // with stderr in the same pipe, nothing can be said
    const EndlessRun run;
    const Outcome outcome =
        run.run("{ " + EndlessRun::command(20'000) + " " + redirected + "; echo $? > code; } | head -n 4");
    INFO(outcome.out << outcome.err);
    CHECK(read_file(run.path() / "code") == "1\n");
    run.check_interrupted();
    if (*redirected != 0) continue;
    CHECK_THAT(outcome.err,
               ContainsSubstring("standard output cannot be written: Broken pipe; the run was interrupted") &&
                   ContainsSubstring("mini_bert_train --resume --output out"));
  }
}

TEST_CASE("endings: a terminal that is closed interrupts a run, but not under nohup", "[apps][endings]") {
  {
    const EndlessRun run;
    const Outcome outcome =
        run.run(EndlessRun::command(20'000) + " & pid=$!; " + until_it_trains + "kill -HUP $pid; wait $pid");
    INFO(outcome.out << outcome.err);
    CHECK(outcome.exit_code == 130);
    run.check_interrupted();
  }
  const EndlessRun run;
  const Outcome outcome =
      run.run("nohup " + EndlessRun::command(600) + " & pid=$!; " + until_it_trains + "kill -HUP $pid; wait $pid");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(run.report(), ContainsSubstring("<span>completed in"));
}

TEST_CASE("endings: the report of a run whose model cannot be saved", "[apps][endings]") {
  const EndlessRun run;
  REQUIRE(run.run(EndlessRun::command(1)).exit_code == 0);
  fs::remove(run.path() / "out/model.safetensors");
  write_file(run.path() / "out/model.safetensors/in the way", "");
  const Outcome outcome = run.run(EndlessRun::command(3) + " --overwrite");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(std::ranges::count(outcome.err, '\n') == 1);
  CHECK_THAT(run.report(), ContainsSubstring("<span>ended by an error after") && !ContainsSubstring("still running") &&
                               ContainsSubstring("Do not overlook") &&
                               ContainsSubstring("<li>An error ended this run: out/model.safetensors: cannot be"));
}

TEST_CASE("endings: the report of a run that diverges calls nothing known", "[apps][endings]") {
  const EndlessRun run;
  const Outcome outcome =
      run.run(EndlessRun::command(50) + " --logging-steps 1 --learning-rate 1e9 --max-grad-norm 0 --precision f32");
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("is nan (not a number)") && ContainsSubstring("lower --learning-rate"));
  CHECK_THAT(run.report(), ContainsSubstring("<span>ended by an error after") &&
                               ContainsSubstring("<li>An error ended this run: step ") &&
                               ContainsSubstring("<p class=\"note\">No answer.</p>") &&
                               !ContainsSubstring("<span class=\"badge\">known before") &&
                               !ContainsSubstring("<span class=\"badge\">learned"));
}

TEST_CASE("endings: a disk without room for the model is found before the run", "[apps][endings]") {
  const TemporaryFolder folder;
  const RunDirectory directory(folder.path() / "not/yet/there", IfRunExists::refuse);
  CHECK_NOTHROW(directory.require_room(1));
  CHECK_THROWS_WITH(directory.require_room(std::uint64_t{1} << 62),
                    ContainsSubstring("not/yet/there: the disk has ") &&
                        ContainsSubstring("the trained model takes 4") && ContainsSubstring("choose another --output"));
}

TEST_CASE("endings: --overwrite does not delete the model that is trained", "[apps][endings]") {
  const EndlessRun run;
  REQUIRE(run.run(EndlessRun::command(2) + " --save-steps 1").exit_code == 0);
  const Outcome outcome = run.run("mini_bert_train --model out/checkpoint-1 --train t.txt --output ./out --overwrite");
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("--model out/checkpoint-1 is part of the run in --output ./out"));
  CHECK(fs::exists(run.path() / "out/checkpoint-1/model.safetensors"));
  REQUIRE(run.run("mini_bert_train --resume --output out").exit_code == 0);
  CHECK_THAT(read_file(run.path() / "out/arguments.json"), ContainsSubstring("\"output\": \"out\""));
  fs::rename(run.path() / "out", run.path() / "outer");  // a name that only begins alike
  CHECK(run.run("mini_bert_train --model outer/checkpoint-1 --train t.txt --output out --overwrite --max-steps 1")
            .exit_code == 0);
}
