// Memory that runs out while a program reads its flags.
#include "tests/apps/program_testing.h"
#include "tests/soak.h"

#ifdef MINI_BERT_FAILING_MALLOC

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

// Runs a command whose `call`th allocation fails. A call that the C library can do without may leave the answer whole.
void check_refusal(const TemporaryFolder& folder, const std::string& command, long call, bool lasts) {
  const Outcome outcome =
      run(folder.path(), fmt::format("{}FAIL_MALLOC_AT={} LD_PRELOAD='" MINI_BERT_FAILING_MALLOC "' {}",
                                     lasts ? "FAIL_MALLOC_LASTING=1 " : "", call, command));
  INFO(command << ", call " << call << (lasts ? " and later ones: " : ": ") << outcome.err);
  if (outcome.exit_code == 0) return;
  REQUIRE(outcome.exit_code == 1);
  REQUIRE(std::ranges::count(outcome.err, '\n') == 1);
  REQUIRE_THAT(outcome.err, ContainsSubstring("out of memory"));
}

}  // namespace

TEST_CASE("failing malloc: whichever allocation fails while flags are read, one line tells") {
  const TemporaryFolder folder;
  const char* const all = std::getenv("MINI_BERT_LONG");
  for (const std::string program : {"mini_bert_train", "mini_bert_predict", "mini_bert_tokenize", "mini_bert_vocab"}) {
    const std::string command = program + " --help";
    long calls = 1;  // the number of allocations, to within a tenth
    const auto succeeds = [&](long call) {
      return run(folder.path(),
                 fmt::format("FAIL_MALLOC_LASTING=1 FAIL_MALLOC_AT={} LD_PRELOAD='" MINI_BERT_FAILING_MALLOC "' {}",
                             call, command))
                 .exit_code == 0;
    };
    while (!succeeds(calls)) calls += calls / 10 + 1;
    REQUIRE(calls > 100);
    const long step = all != nullptr ? 1 : calls / test::soak_count(16) + 1;
    for (long call = 1 + static_cast<long>(test::soak_seed(0) % 7); call < calls; call += call < 8 ? 1 : step) {
      check_refusal(folder, command, call, false);
      check_refusal(folder, command, call, true);
    }
  }
}

#endif
