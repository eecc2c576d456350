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
  return read_questions(folder / "squad.json");
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
  CHECK_THROWS_WITH(read(squad("x", answer("x", -1))), ContainsSubstring("answer_start of question \"q1\" is -1"));
  CHECK_THROWS_WITH(read("[]"), ContainsSubstring("the file has no \"data\""));
  CHECK_THROWS_WITH(read("{\"data\": {}}"), ContainsSubstring("\"data\" of the file is not an array"));
  CHECK_THROWS_WITH(read("{\"data\": []}"), ContainsSubstring("no question in it"));
  CHECK_THROWS_WITH(read("{\"data\": [{}]}"), ContainsSubstring("an article has no \"paragraphs\""));
  CHECK_THROWS_WITH(read("{"), ContainsSubstring("squad.json"));
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
