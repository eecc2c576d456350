#include "apps/console/command_line.h"

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/failing_new.h"

using namespace mini_bert;

namespace {

struct Values {
  int32_t epochs = 3;
  double rate = 5e-5;
  uint64_t seed = 42;
  bool json = false;
  std::string model = "none";
  std::string precision = "auto";
  std::vector<std::string> files;
};

// A program with a flag of every kind.
struct Program {
  Values values;
  CommandLine line{"mini_bert_test", "A program with a flag of every kind."};

  Program() {
    line.text("--model,-m", values.model, "a text");
    line.texts("files", values.files, "files");
    line.section("Training");
    line.number("--num-train-epochs,--epochs", values.epochs, 1, 1000, "a whole number");
    line.number("--learning-rate,--lr", values.rate, -1.0, 1.0, "a number");
    line.number<uint64_t>("--seed", values.seed, 0, std::numeric_limits<uint64_t>::max(), "any number");
    line.toggle("--json", values.json, "on or off");
    line.choice("--precision", values.precision, {"auto", "f32", "bf16"}, "one of three");
  }

  std::string error(const std::vector<std::string>& arguments) {
    try {
      line.parse(arguments);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }
};

}  // namespace

TEST_CASE("command_line: values in every spelling", "[apps]") {
  Program program;
  program.line.parse({"--num_train_epochs", "5", "--lr=1e-3", "--seed", "18446744073709551615", "--json", "-m", "dir",
                      "--precision", "bf16", "a.txt", "b_c.txt"});
  CHECK(program.values.epochs == 5);
  CHECK(program.values.rate == 1e-3);
  CHECK(program.values.seed == 18446744073709551615u);
  CHECK(program.values.json);
  CHECK(program.values.model == "dir");
  CHECK(program.values.precision == "bf16");
  CHECK((program.values.files == std::vector<std::string>{"a.txt", "b_c.txt"}));
}

TEST_CASE("command_line: a text in brackets is no list", "[apps]") {
  Program program;
  program.line.parse({"--model", "[a],[b]", "[MASK] or [MASK]", "--json", "[a, b]", "[c"});
  CHECK(program.values.model == "[a],[b]");
  CHECK((program.values.files == std::vector<std::string>{"[MASK] or [MASK]", "[a, b]", "[c"}));
}

TEST_CASE("command_line: defaults, negative numbers, the last of two, off again", "[apps]") {
  Program program;
  program.line.parse({"--lr", "-0.5", "--epochs", "1e2", "--epochs", "7", "--json=false", "--model", "my_dir"});
  CHECK(program.values.rate == -0.5);
  CHECK(program.values.epochs == 7);
  CHECK_FALSE(program.values.json);
  CHECK(program.values.model == "my_dir");
  CHECK(program.values.seed == 42);
}

TEST_CASE("command_line: flags that were given their default are not changed", "[apps]") {
  Program program;
  program.line.parse(
      {"--epochs", "3", "--model", "none", "--json=false", "--precision", "bf16", "--seed", "7", "a.txt"});
  CHECK(program.line.changed() == std::vector<std::string>{"seed", "precision"});
}

TEST_CASE("command_line: wrong usage gets one line", "[apps]") {
  struct Case {
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Case> cases = {
      {{"--epohcs", "3"}, "unknown flag --epohcs; did you mean --epochs?"},
      {{"--lerning_rate=1"}, "unknown flag --lerning-rate; did you mean --learning-rate?"},
      {{"--zzzzzzzzzz"}, "unknown flag --zzzzzzzzzz; --help lists all"},
      {{"-x"}, "unknown flag -x; --help lists all"},
      {{"--epochs", "0"}, "--num-train-epochs is '0'; expected a whole number in 1..1000"},
      {{"--epochs", "many"}, "--num-train-epochs is 'many'; expected a whole number in 1..1000"},
      {{"--epochs", "2.5"}, "--num-train-epochs is '2.5'; expected a whole number in 1..1000"},
      {{"--epochs", "99999999999"}, "--num-train-epochs is '99999999999'; expected a whole number in 1..1000"},
      {{"--lr", "nan"}, "--learning-rate is 'nan'; expected a number in -1..1"},
      {{"--lr", "1x"}, "--learning-rate is '1x'; expected a number in -1..1"},
      {{"--seed", "-1"}, "--seed is '-1'; expected a whole number from 0 up"},
      {{"--precision", "f16"}, "--precision is 'f16'; expected one of auto|f32|bf16"},
  };
  for (const Case& c : cases) CHECK(Program().error(c.arguments) == c.message);
  CHECK_THAT(Program().error({"--model"}), ContainsSubstring("--model"));
}

TEST_CASE("command_line: dashes of text editors, and one hyphen for two", "[apps]") {
  CHECK(Program().error({"—epochs", "3"}) == "—epochs begins with a dash, not with hyphens; write --epochs");
  CHECK(Program().error({"–-num_train_epochs=3"}) ==
        "–-num_train_epochs=3 begins with a dash, not with hyphens; write --num-train-epochs");
  CHECK(Program().error({"－－json"}) == "－－json begins with a dash, not with hyphens; write --json");
  CHECK(Program().error({"-epochs", "3"}) == "-epochs has one hyphen; write --epochs with two");
  Program program;  // a text may begin with a dash, and -m may be followed by its value at once
  program.line.parse({"—你好", "-mdir", "—", "-"});
  CHECK((program.values.files == std::vector<std::string>{"—你好", "—", "-"}));
  CHECK(program.values.model == "dir");
}

TEST_CASE("command_line: where nothing stands alone, on and off may be words and a lone value is named", "[apps]") {
  struct Strict {
    bool json = false, check = false;
    std::string train;
    std::vector<std::string> probes;
    CommandLine line{"mini_bert_test", ""};
    Strict() {
      line.toggle("--json", json, "");
      line.toggle("--check", check, "");
      line.text("--train,-t", train, "");
      line.texts("--probe", probes, "").repeatable();
      line.accept_foreign([](const std::string& name) { return name == "report-to" || name == "fp16"; });
    }
    std::string error(const std::vector<std::string>& arguments) {
      try {
        line.parse(arguments);
      } catch (const UsageError& error) {
        return error.what();
      }
      return "";
    }
  };
  Strict strict;
  strict.line.parse({"--json", "True", "--check", "no", "-t", "a.txt", "--probe", "[MASK]", "--probe", "-1",
                     "--report_to", "wandb", "none", "--fp16", "--train=b.txt"});
  CHECK(strict.json);
  CHECK_FALSE(strict.check);
  CHECK(strict.train == "b.txt");
  CHECK((strict.probes == std::vector<std::string>{"[MASK]", "-1"}));
  CHECK((strict.line.foreign() == std::vector<std::pair<std::string, std::vector<std::string>>>{
                                      {"report-to", {"wandb", "none"}}, {"fp16", {}}}));
  CHECK_THAT(Strict().error({"--train", "a.txt", "b.txt"}), ContainsSubstring("'b.txt' follows the value of --train"));
  CHECK_THAT(Strict().error({"b.txt"}), ContainsSubstring("'b.txt' stands alone"));
  CHECK_THAT(Strict().error({"--train"}), ContainsSubstring("--train"));
}

TEST_CASE("command_line: a flag for files takes all names up to the next flag", "[apps]") {
  const auto parsed = [](const std::vector<std::string>& arguments) {
    CommandLine line("mini_bert_test", "");
    std::vector<std::string> files;
    std::string text;
    line.files("--train,--train-file,-t", files, "data");
    line.text("--text", text, "a text");
    line.parse(arguments);
    return files;
  };
  const std::vector<std::string> both = {"a.txt", "b.txt"};
  CHECK(parsed({"--train", "a.txt", "b.txt"}) == both);
  CHECK(parsed({"-t", "a.txt", "--text", "x", "--train_file=b.txt"}) == both);
  CHECK(parsed({"-ta.txt", "b.txt", "--text", "x"}) == both);
  CHECK(parsed({"--train", "a.txt"}).size() == 1);
  CHECK_THROWS_WITH(parsed({"--train", "a.txt", "--text", "x", "b.txt"}),
                    ContainsSubstring("'b.txt' follows the value of --text"));
}

TEST_CASE("command_line: nothing after -- is a flag", "[apps]") {
  Program program;
  program.line.parse({"--", "--not_a_flag"});
  CHECK((program.values.files == std::vector<std::string>{"--not_a_flag"}));
}

TEST_CASE("command_line: run returns 0 or 1", "[apps]") {
  const char* const good[] = {"mini_bert_test", "--epochs", "2"};
  const char* const bad[] = {"mini_bert_test", "--epochs", "x"};
  CHECK(Program().line.run(3, good, [] {}) == 0);
  CHECK(Program().line.run(3, good, [] { throw std::runtime_error("two\nlines"); }) == 1);
  CHECK(Program().line.run(3, bad, [] { FAIL("the work must not start"); }) == 1);
}

TEST_CASE("nearest_word: counts slips", "[apps]") {
  const std::vector<std::string> flags = {"--epochs", "--seed", "--output"};
  CHECK(nearest_word("--epohcs", flags) == "--epochs");
  CHECK(nearest_word("--ouput", flags) == "--output");
  CHECK(nearest_word("--sed", flags) == "--seed");
  CHECK(nearest_word("--vocabulary", flags) == "");
}

TEST_CASE("command_line: whichever allocation fails, an exception tells", "[apps]") {
  const int calls = test::fail_each_new([] {
    Values values;
    CommandLine line("mini_bert_test", "A program with flags of the kinds that name files.");
    line.model("--model,-m", values.model, "a model");
    line.files("--files-with-a-long-name,--files", values.files, "files");
    line.parse({"--model", "a", "--files", "b", "c"});
  });
  CHECK(calls > 50);
}

TEST_CASE("command_line: what an error quotes takes no second line", "[apps]") {
  Program program;
  CHECK(program.error({"--epochs", "5\n\x1b[2J"}) ==
        "--num-train-epochs is '5\\x0a\\x1b[2J'; expected a whole number in 1..1000");
  CHECK(program.error({"--no\nflag"}) == "unknown flag --no\\x0aflag; --help lists all");
}
