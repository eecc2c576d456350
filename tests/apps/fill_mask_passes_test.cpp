// How mini_bert_predict fill-mask reads weights depends on how many passes the texts of the command line take.
#include <nlohmann/json.hpp>

#include "mini_bert/tensor/simd/isa.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

namespace mini_bert::testing {

// Rows of standard input are answered with panels. In panels, sums have another order than in place, so an answer has
// the same last digits only if both calls read the weights in the same way.
TEST_CASE("predict fill-mask: a search over many blanks reads weights as a program that is asked often does",
          "[apps]") {
  const ProgramFolder folder;
  const auto answers = [&](const std::string& command) {
    const Outcome outcome = folder.run("mini_bert_predict fill-mask --model model --precision f32 --json " + command);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return nlohmann::json::parse(outcome.out);
  };
  const auto typed = [&](const std::string& flags, const std::string& text) {
    return answers(flags + " '" + text + "'");
  };
  const auto piped = [&](const std::string& flags, const std::string& text) {
    write_file(folder.path() / "in.txt", text + "\n");
    return answers(flags + " < in.txt");
  };
  const std::string three = "诸[MASK][MASK]国[MASK]";
  CHECK(typed("--joint", three) == piped("--joint", three));
  CHECK(typed("", "诸[MASK]*国") == piped("", "诸[MASK]*国"));
  CHECK(typed("--targets 诸葛亮,大小", "三国[MASK]") == piped("--targets 诸葛亮,大小", "三国[MASK]"));

  const std::string one = "诸[MASK]国人物";
  const bool tells_them_apart = isa() != Isa::portable;
  CHECK((typed("", one) != piped("", one)) == tells_them_apart);
  CHECK((typed("--joint", one) != piped("--joint", one)) == tells_them_apart);
}

}  // namespace mini_bert::testing
