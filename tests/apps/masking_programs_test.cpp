// Whole words, words named, spans, guard and anchor, from the flags to what a run leaves.
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace {

class Workshop : public ProgramFolder {
 public:
  Workshop() {
    write_file(path() / "train.jsonl",
               "\"三国人物诸葛涛\"\n\"诸葛涛字子澜\"\n\"诸葛亮字孔明\"\n\"山水诸葛涛风云\"\n\"天地诸葛涛\"\n"
               "{\"text\": \"蜀国的相\", \"mask\": [[0, 2]]}\n");
    write_file(path() / "words.txt", "诸葛亮 3 nr\n人物\n龘龘\n");
    write_file(path() / "guard.jsonl", "{\"text\": \"诸葛[MASK]字孔明\", \"answer\": \"亮\"}\n");
  }
};

constexpr const char* train_few = "mini_bert_train --model model --train train.jsonl --max-steps 4 --eval-steps 2 ";

}  // namespace

TEST_CASE("a run says which words it masks and how many tokens they hold", "[apps]") {
  const Workshop shop;
  const Outcome listed = shop.run(train_few + std::string("--whole-words words.txt --ngram 3 --mask-words '诸葛涛，字' "
                                                          "--mask-words 大 --output listed"));
  INFO(listed.out << listed.err);
  REQUIRE(listed.exit_code == 0);
  for (const char* shown :
       {"words.txt: 2 words", "1 words of it hold characters that the vocabulary lacks and are not used: 龘龘",
        "whole words: 5 of 33 tokens are in words of two or more", "1 to 3 of them in a row",
        "--mask-words: 14 tokens of the training texts are always masked", "大 does not occur in them",
        "\"mask\": 1 spans, 2 tokens of them always masked"}) {
    CHECK_THAT(listed.out, ContainsSubstring(shown));
  }
  const Outcome found = shop.run(train_few + std::string("--whole-words auto --output found"));
  INFO(found.out << found.err);
  REQUIRE(found.exit_code == 0);
  CHECK_THAT(found.out, ContainsSubstring("1 words were found in the training texts: 诸葛涛 (4)"));
}

TEST_CASE("--mask-words and --probe of an earlier part are those of a resumed run, typed ones win", "[apps]") {
  const Workshop shop;
  const std::string first =
      train_few + std::string("--save-steps 2 --mask-words 诸葛涛,字 --mask-words 国 --output out");
  REQUIRE(shop.run(first).exit_code == 0);
  const Outcome resumed = shop.run("mini_bert_train --resume-from-checkpoint out/checkpoint-2 --output out");
  INFO(resumed.out << resumed.err);
  CHECK(resumed.exit_code == 0);
  const Outcome other =
      shop.run("mini_bert_train --resume-from-checkpoint out/checkpoint-2 --output out --mask-words 国");
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.err, ContainsSubstring("the run cannot go on with other arguments or data than it began with"));
}

TEST_CASE("a guard is shown while a run goes on, at its end, and kept in its record", "[apps]") {
  const Workshop shop;
  const Outcome outcome = shop.run(train_few + std::string("--guard guard.jsonl --anchor 10 --output out"));
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  for (const char* shown : {"guard.jsonl: 1 blanks", "anchor 10", "mean log-probability", "right at once",
                            "among the first five", "mean rank"}) {
    CHECK_THAT(outcome.out, ContainsSubstring(shown));
  }
  std::istringstream metrics(read_file(shop.path() / "out/metrics.jsonl"));
  std::vector<Index> steps;
  for (std::string line; std::getline(metrics, line);) {
    const json row = json::parse(line);
    if (!row.contains("guard_log_probability")) continue;
    steps.push_back(row.at("step"));
    CHECK(row.at("guard_mean_rank").get<double>() >= 1);
    CHECK(row.at("guard_accuracy_5").get<double>() >= row.at("guard_accuracy_1").get<double>());
  }
  CHECK(steps == std::vector<Index>{0, 2, 4});
  const json state = json::parse(read_file(shop.path() / "out/trainer_state.json"));
  CHECK(state.at("guard").at("blanks") == json::array({"诸葛[亮]字孔明"}));
  CHECK(state.at("guard").at("rows").size() == 3);
  CHECK_THAT(read_file(shop.path() / "out/report.html"), ContainsSubstring("What was kept"));
  // A row of the table for each, with the guard's figures of its own step.
  for (const char* row : {"\n       0 ", "\n       2 ", "\n       4 "}) CHECK_THAT(outcome.out, ContainsSubstring(row));

  const Outcome without = shop.run(train_few + std::string("--output without"));
  CHECK(without.out.find("guard") == std::string::npos);
  CHECK_FALSE(json::parse(read_file(shop.path() / "without/trainer_state.json")).contains("guard"));
}

TEST_CASE("whole words, a guard and words that are always masked in pre-training", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "documents.txt", "三国人物诸葛涛。\n诸葛涛字子澜。\n\n天地日月。\n山水风云。\n");
  const Outcome outcome = shop.run(
      "mini_bert_train --task pretrain --model model --train documents.txt --max-steps 3 --whole-words auto --ngram 2 "
      "--mask-words 日月 --guard guard.jsonl --output out");
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("--mask-words: 2 tokens"));
  CHECK_THAT(outcome.out, ContainsSubstring("right at once"));
}
