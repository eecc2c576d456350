#include "mini_bert/bert/data/questions.h"

#include <nlohmann/json.hpp>

#include "mini_bert/files/atomic_file.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using nlohmann::json;

namespace {

std::vector<Question> read(const std::string& content) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder / "squad.json", content);
  return read_questions(folder / "squad.json").questions;
}

std::string squad(const std::string& context, const json& answers) {
  const json question = {{"id", "q1"}, {"question", "谁？"}, {"answers", answers}};
  const json paragraph = {{"context", context}, {"qas", {question}}};
  return json{{"data", {{{"paragraphs", {paragraph}}}}}}.dump();
}

json answer(const std::string& text, int start) {
  return json::array({{{"text", text}, {"answer_start", start}}});
}

// A context of the letters a … p, and the question "a".
AnsweringSet letters(std::size_t begin, const std::string& text, Index max_length, Index stride) {
  const std::string context = "a b c d e f g h i j k l m n o p";
  const Question question{"q", "a", context, {{text, begin}}};
  return make_answering_set({question}, test::tiny_tokenizer(), {max_length, stride});
}

}  // namespace

TEST_CASE("questions: the form of SQuAD, places counted in code points", "[questions]") {
  const auto questions = read(squad("是诸葛亮，诸葛亮。", answer("诸葛亮", 5)));
  REQUIRE(questions.size() == 1);
  CHECK(questions[0].id == "q1");
  CHECK(questions[0].question == "谁？");
  REQUIRE(questions[0].answers.size() == 1);
  CHECK(questions[0].answers[0].begin == 15);
  CHECK(read(squad("x", json::array()))[0].answers.empty());
}

TEST_CASE("questions: an answer beside the place the file gives is taken from the nearest one", "[questions]") {
  CHECK(read(squad("是诸葛亮，诸葛亮。", answer("诸葛亮", 0)))[0].answers[0].begin == 3);
  CHECK(read(squad("是诸葛亮，诸葛亮。", answer("诸葛亮", 400)))[0].answers[0].begin == 15);
}

TEST_CASE("questions: what is not SQuAD is an Error that names the place", "[questions]") {
  CHECK_THROWS_WITH(
      read(squad("是诸葛亮。", answer("刘备", 0))),
      ContainsSubstring("squad.json: question \"q1\": the answer \"刘备\" does not stand in its context"));
  CHECK_THROWS_WITH(read(squad("x", answer("x", -2))),
                    ContainsSubstring("answers: element 1: answer_start is -2, expected a whole number from -1 up"));
  CHECK_THROWS_WITH(read("[]"), ContainsSubstring("no question in it"));
  CHECK_THROWS_WITH(read("{\"data\": {}}"), ContainsSubstring("data is an object, expected an array"));
  CHECK_THROWS_WITH(read("{\"data\": []}"), ContainsSubstring("no question in it"));
  CHECK_THROWS_WITH(read("{\"data\": [{}]}"),
                    ContainsSubstring("context is missing, expected a text; a file in the form of SQuAD"));
  CHECK_THROWS_WITH(read("{"), ContainsSubstring("squad.json"));
}

TEST_CASE("questions: a table, and CMRC 2018's own form", "[questions]") {
  const test::TemporaryFolder folder;
  const QuestionFile table = read_questions(folder.put(
      "a.csv",
      "id,question,context,answer,answer_start\n7,谁？,\"是我，还是我\",我,5\n8,谁？,是我,,\n9,谁？,是我,我,\n"));
  REQUIRE(table.questions.size() == 3);
  CHECK(table.questions[0].id == "7");
  CHECK(table.questions[0].answers.at(0).begin == 15);
  CHECK(table.questions[1].answers.empty());
  CHECK(table.questions[2].answers.at(0).text == "我");
  CHECK(read_questions(folder.put("a.tsv", "question\tcontext\tanswers\n谁？\t是我\t{'text': ['我']}\n"),
                       Answers::optional)
            .questions.size() == 1);
  CHECK_THROWS_WITH(read_questions(folder.put("a.csv", "question,context,answers\n谁？,是我,我\n")),
                    ContainsSubstring("a.csv: line 2: answers is \"我\", expected an array"));
  CHECK_THROWS_WITH(read_questions(folder.put("a.csv", "question,answer\n谁？,我\n")),
                    ContainsSubstring("a.csv: line 2: context is missing"));
  const auto cmrc = read(R"([{"context_id": "T_0", "context_text": "是我", "qas": [{"query_id": "T_0_Q", )"
                         R"("query_text": "谁？", "answers": ["我"]}], "title": "x"}])");
  REQUIRE(cmrc.size() == 1);
  CHECK(cmrc[0].id == "T_0_Q");
  CHECK(cmrc[0].question == "谁？");
  CHECK(cmrc[0].answers.at(0).begin == 3);
}

TEST_CASE("questions: ids stay as the file has them, also those of bad questions", "[questions]") {
  const test::TemporaryFolder folder;
  const auto ids = [&](const char* name, const std::string& bytes) {
    std::vector<std::string> found;
    for (const Question& question : read_questions(folder.put(name, bytes), Answers::optional).questions) {
      found.push_back(question.given_id);
    }
    return found;
  };
  using Ids = std::vector<std::string>;
  CHECK(ids("a.jsonl",
            "{\"id\":7,\"question\":\"q\",\"context\":\"c\"}\n{\"id\":\"x\",\"question\":5,\"context\":\"c\"}\n"
            "{\"question\":\"q\",\"context\":\"c\"}\n{\"id\":\n{\"id\":8,\"context\":5}\n") ==
        Ids{"7", "\"x\"", "", "", "8"});
  CHECK(ids("a.json", squad("x", json::array())) == Ids{"\"q1\""});
}

TEST_CASE("answering set: a long context becomes windows that overlap", "[questions]") {
  const AnsweringSet set = letters(20, "k l", 10, 2);  // windows of 6 letters
  REQUIRE(set.windows.size() == 4);
  std::vector<std::size_t> with_answer;
  for (std::size_t w = 0; w < set.windows.size(); ++w) {
    const Window& window = set.windows[w];
    const Sequence& sequence = set.data.sequences[w];
    CHECK(sequence.ids.size() <= 10);
    CHECK(std::vector(sequence.ids.begin(), sequence.ids.begin() + 3) == std::vector<std::int32_t>{2, 5, 3});
    for (std::size_t i = 0; i < sequence.ids.size(); ++i) {
      const TextRange range = window.context[i];
      CHECK((range.end > range.begin) == (i >= 3 && i + 1 < sequence.ids.size()));
      if (range.end > range.begin) CHECK(range.begin == 2 * static_cast<std::uint32_t>(sequence.ids[i] - 5));
    }
    if (window.end == 0) continue;
    with_answer.push_back(w);
    CHECK(window.context[static_cast<std::size_t>(window.begin)].begin == 20);
    CHECK(window.context[static_cast<std::size_t>(window.end)].end == 23);
  }
  CHECK(with_answer == std::vector<std::size_t>{2});  // letters i … n; e … j and m … p have not all of it
}

TEST_CASE("answering set: an answer inside a word takes the whole word; none is [CLS]", "[questions]") {
  const AnsweringSet set = letters(6, "d", 30, 4);
  REQUIRE(set.windows.size() == 1);
  CHECK(set.windows[0].begin == 6);  // [CLS] a [SEP] a b c d
  CHECK(set.windows[0].end == 6);
  const AnsweringSet none = make_answering_set({{"q", "a", "b c", {}}}, test::tiny_tokenizer(), {16, 4});
  CHECK(none.windows[0].begin == 0);
  CHECK(none.windows[0].end == 0);
}

TEST_CASE("answering set: a question too long for a window is cut", "[questions]") {
  const std::string question = "a b c d e f g h i j k l m n o p";
  const AnsweringSet set = make_answering_set({{"q", question, "p o n m l k", {}}}, test::tiny_tokenizer(), {10, 100});
  for (const Sequence& sequence : set.data.sequences) CHECK(sequence.ids.size() <= 10);
  CHECK(set.windows.size() > 1);
}

TEST_CASE("questions: run_qa.py's flat form, under data, as an array and as lines", "[questions]") {
  const test::TemporaryFolder folder;
  const std::string flat =
      R"({"id": 7, "context": "是诸葛亮。", "question": "谁？", "answers": {"text": ["诸葛亮"], "answer_start": [1]}})";
  const std::vector<std::pair<std::string, std::string>> files = {{"a.json", "{\"data\": [" + flat + "]}"},
                                                                  {"b.json", "[" + flat + "]"},
                                                                  {"c.jsonl", flat + "\n"},
                                                                  {"d.json", flat + "\n" + flat + "\n"}};
  for (const auto& [name, content] : files) {
    CAPTURE(name);
    const auto questions = read_questions(folder.put(name, content)).questions;
    REQUIRE(questions.size() == (name == "d.json" ? 2 : 1));
    CHECK(questions[0].id == "7");
    CHECK(questions[0].answers.at(0).begin == 3);
  }
  // A prediction needs no answers and no id.
  const auto path = folder.put("e.jsonl", R"({"context": "是诸葛亮。", "question": "谁？"})");
  CHECK(read_questions(path, Answers::optional).questions[0].id == "1");
  CHECK_THROWS_WITH(read_questions(path), ContainsSubstring("e.jsonl: line 1: answers is missing"));
}

TEST_CASE("questions: answers that are not there are skipped, counted and named", "[questions]") {
  CHECK(read(squad("是诸葛亮。", answer("诸葛亮", -1)))[0].answers[0].begin == 3);
  CHECK(read(squad("是诸葛亮。", answer("", -1)))[0].answers.empty());
  const json one_of_two = {{{"text", "刘备"}, {"answer_start", 0}}, {{"text", "诸葛亮"}, {"answer_start", 1}}};
  CHECK(read(squad("是诸葛亮。", one_of_two))[0].answers.size() == 1);
  const test::TemporaryFolder folder;
  const auto lines = [](int bad) {
    std::string text;
    for (int i = 0; i < 100; ++i) {
      const json line = {
          {"id", i}, {"context", "三国"}, {"question", "谁"}, {"answers", answer(i < bad ? "蜀" : "三", 0)}};
      text += line.dump() + '\n';
    }
    return text;
  };
  const QuestionFile file = read_questions(folder.put("a.json", lines(1)));
  CHECK(file.questions.size() == 99);
  CHECK_THAT(file.dropped.facts((folder / "a.json").string(), 99).at(0),
             ContainsSubstring("the first: line 1: question \"0\": the answer \"蜀\" does not stand in its context"));
  CHECK_THROWS_WITH(read_questions(folder.put("b.json", lines(2))), ContainsSubstring("2 bad rows among 100"));
}

TEST_CASE("questions: a broken line or entry is counted, and has its place among the answers", "[questions]") {
  const json sound = {{"id", 7}, {"context", "三国"}, {"question", "谁"}, {"answers", answer("三", 0)}};
  const json without_question = {{"id", 8}, {"context", "三国"}, {"answers", answer("三", 0)}};
  const test::TemporaryFolder folder;
  for (const std::string& bad : {std::string("{\"context\": oops"), without_question.dump(), std::string("5"),
                                 std::string("{\"context\":\"\xff\"}")}) {
    CAPTURE(bad);
    std::string lines, array = "[";
    for (int i = 0; i < 150; ++i) {
      const std::string entry = i == 2 ? bad : sound.dump();
      lines += entry + "\n";
      array += entry + (i < 149 ? ",\n" : "]");
    }
    const QuestionFile file = read_questions(folder.put("a.jsonl", lines));
    CHECK(file.questions.size() == 149);
    CHECK_THAT(file.dropped.facts("a", 149).at(0), ContainsSubstring("1 of 150 rows") && ContainsSubstring("line 3"));
    const auto all = read_questions(folder / "a.jsonl", Answers::optional).questions;
    REQUIRE(all.size() == 150);
    CHECK_THAT(all[2].problem, ContainsSubstring("line 3"));
    CHECK(all[3].problem.empty());
    if (bad != without_question.dump() && bad != "5") continue;
    CHECK(read_questions(folder.put("a.json", array)).dropped.bad() == 1);
    CHECK_FALSE(read_questions(folder / "a.json", Answers::optional).questions.at(2).problem.empty());
  }
  json paragraphs = {{{"context", "三国"}, {"qas", json::array()}}, {{"qas", json::array()}}};
  for (int i = 0; i < 150; ++i) paragraphs[0]["qas"].push_back(sound);
  const json squad = {{"data", {{{"paragraphs", paragraphs}}}}};
  CHECK(read_questions(folder.put("s.json", squad.dump())).dropped.bad() == 1);
}
