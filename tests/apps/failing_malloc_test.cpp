// Memory that runs out while a program reads its flags, loads a model, makes an update or saves.
#include "tests/apps/program_testing.h"
#include "tests/soak.h"

#ifdef MINI_BERT_FAILING_MALLOC

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

// Runs a command whose `call`th allocation fails. A call that the C library can do without may leave the answer whole.
void check_refusal(const TemporaryFolder& folder, const std::string& command, long call, bool lasts, bool reads_json) {
  const Outcome outcome =
      run(folder.path(), fmt::format("{}FAIL_MALLOC_AT={} LD_PRELOAD='" MINI_BERT_FAILING_MALLOC "' {}",
                                     lasts ? "FAIL_MALLOC_LASTING=1 " : "", call, command));
  INFO(command << ", call " << call << (lasts ? " and later ones: " : ": ") << outcome.err);
  if (outcome.exit_code == 0) return;
  // The JSON library's trees ask for memory when they are given back, in a destructor. Nobody can catch what that
  // throws.
  if (outcome.exit_code == 134 && reads_json) {
    REQUIRE_THAT(outcome.err, ContainsSubstring("bad_alloc"));
    return;
  }
  REQUIRE(outcome.exit_code == 1);
  REQUIRE(std::ranges::count(outcome.err, '\n') == 1);
  REQUIRE_THAT(outcome.err, ContainsSubstring("out of memory"));
}

// The number of allocations of a command that succeeds, to within a tenth.
long allocations_of(const TemporaryFolder& folder, const std::string& command) {
  long calls = 1;
  const auto succeeds = [&](long call) {
    return run(folder.path(),
               fmt::format("FAIL_MALLOC_LASTING=1 FAIL_MALLOC_AT={} LD_PRELOAD='" MINI_BERT_FAILING_MALLOC "' {}", call,
                           command))
               .exit_code == 0;
  };
  while (!succeeds(calls)) calls += calls / 10 + 1;
  return calls;
}

// Fails about `samples` of a command's allocations, from the first to the last; all of them with MINI_BERT_LONG.
void check_allocations(const TemporaryFolder& folder, const std::string& command, int samples, bool reads_json) {
  const long calls = allocations_of(folder, command);
  REQUIRE(calls > 100);
  const long step = std::getenv("MINI_BERT_LONG") != nullptr ? 1 : calls / test::soak_count(samples) + 1;
  for (long call = 1 + static_cast<long>(test::soak_seed(0) % 7); call < calls; call += call < 8 ? 1 : step) {
    check_refusal(folder, command, call, false, reads_json);
    check_refusal(folder, command, call, true, reads_json);
  }
}

}  // namespace

TEST_CASE("failing malloc: whichever allocation fails while flags are read, one line tells", "[apps][malloc]") {
  const TemporaryFolder folder;
  for (const std::string program : {"mini_bert_train", "mini_bert_predict", "mini_bert_tokenize", "mini_bert_vocab"}) {
    check_allocations(folder, program + " --help", 16, false);
  }
}

TEST_CASE("failing malloc: while a model is loaded, trained for one update and saved, and while it answers",
          "[apps][malloc]") {
  const TemporaryFolder folder;
  write_tiny_model(folder.path() / "model");
  write_file(folder.path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n");
  const std::string train =
      "mini_bert_train --model model --train t.txt --output out --max-steps 1 --save-steps 1 --threads 1 --overwrite";
  check_allocations(folder, train, 40, true);
  CHECK(run(folder.path(), train).exit_code == 0);  // what was left behind hinders nobody
  check_allocations(folder, "mini_bert_predict score --model model --threads 1 天地日月", 20, true);
}

#endif
