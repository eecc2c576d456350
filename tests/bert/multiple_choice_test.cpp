// Multiple choice, from the file to the loss and to the answer.
#include <cmath>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/choices.h"
#include "mini_bert/bert/predict/choose.h"
#include "mini_bert/bert/training/choosing_objective.h"
#include "mini_bert/files/atomic_file.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace multiple_choice_test {

std::vector<ChoiceQuestion> read(const std::string& name, const std::string& content,
                                 Answers answers = Answers::required) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder / name, content);
  return read_choice_questions(folder / name, answers).questions;
}

using Texts = std::vector<std::string>;
using Ids = std::vector<std::int32_t>;

// The right choice has the letter of the context; there are two to four choices.
std::vector<ChoiceQuestion> letters() {
  return {{"a", {}, {}, {"b", "a", "c"}, 1, 1},
          {"b", {}, {}, {"b", "a"}, 0, 2},
          {"c", {}, {}, {"a", "b", "d", "c"}, 3, 3},
          {"d", "p", {}, {"c", "d"}, 1, 4},
          {"a", {}, "p", {"a", "d", "b"}, 0, 5}};
}

struct Chooser {
  explicit Chooser(double dropout) : model(test::tiny_config(dropout)) {
    const ChoosingSet set = make_choosing_set(letters(), test::tiny_tokenizer(), 16);
    objective.emplace(model, set, set);
  }
  BertForMultipleChoice model;
  std::optional<ChoosingObjective> objective;
};

TrainingArguments arguments_for(Index steps) {
  TrainingArguments arguments;
  arguments.batch_size = 2;
  arguments.max_steps = steps;
  arguments.learning_rate = 0.01;
  arguments.eval_steps = arguments.save_steps = steps / 2;
  return arguments;
}

TEST_CASE("choices: SWAG, whose endings go on with the second sentence", "[choices]") {
  const std::string columns = "video-id,startphrase,sent1,sent2,gold-source,ending0,ending1,ending2,ending3,label\n";
  const auto questions = read("swag.csv", columns + "v,x,He sits.,She,gold,\"runs, far\",sings,eats,sleeps,2\n" +
                                              "v,x,It rains.,We,gold,stay,go,,,0\n");
  REQUIRE(questions.size() == 2);
  CHECK(questions[0].context == "He sits.");
  CHECK(questions[0].opening == "She");
  CHECK(questions[0].question.empty());
  CHECK(questions[0].choices == Texts{"runs, far", "sings", "eats", "sleeps"});
  CHECK(questions[0].answer == 2);
  CHECK(questions[1].choices == Texts{"stay", "go"});
  CHECK(questions[1].number == 2);
}

TEST_CASE("choices: C3, where a dialogue has several questions", "[choices]") {
  const auto questions = read("c3.json", R"( [ [["男：走吧。", "女：好。"], [
      {"question": "谁先说？", "choice": ["女的", "男的"], "answer": "男的"},
      {"question": "几人？", "choice": ["1", "2", "0"], "answer": "0"}], "25-1"],
    [["天晴。"], [{"question": "下雨？", "choice": ["是", "否"], "answer": "否"}], "25-2"]])");
  REQUIRE(questions.size() == 3);
  CHECK(questions[0].context == "男：走吧。\n女：好。");
  CHECK(questions[0].question == "谁先说？");
  CHECK(questions[0].answer == 1);
  CHECK(questions[1].answer == 2);  // the text "0", not the first choice
  CHECK(questions[2].context == "天晴。");
  CHECK(read("c3.json", R"([[["x"], [{"question": "q", "choice": ["a", "b"]}]]])", Answers::optional)[0].answer ==
        std::nullopt);
}

TEST_CASE("choices: plain records, answers by text or by number", "[choices]") {
  const auto questions = read("a.jsonl",
                              "{\"question\": \"q\", \"choices\": [\"a\", \"b\"], \"answer\": \"b\"}\n"
                              "{\"context\": \"c\", \"choices\": [\"2\", \"1\", \"0\"], \"answer\": 0}\n"
                              "{\"context\": \"c\", \"choices\": [\"2\", \"1\", \"0\"], \"answer\": \"0\"}\n"
                              "{\"context\": \"c\", \"choice0\": \"a\", \"choice1\": \"b\", \"label\": 1}\n");
  CHECK(questions[0].answer == 1);
  CHECK(questions[1].answer == 0);
  CHECK(questions[2].answer == 2);
  CHECK(questions[3].choices == Texts{"a", "b"});
  CHECK(read("a.csv", "context,choices,answer\nc,\"[\"\"x\"\", \"\"y\"\"]\",1\n")[0].choices == Texts{"x", "y"});
  for (const char* unknown : {"", ", \"answer\": null", ", \"answer\": \"\"", ", \"label\": -1"}) {
    const std::string row = std::string("[{\"context\": \"c\", \"choices\": [\"a\", \"b\"]") + unknown + "}]";
    CHECK(read("a.json", row, Answers::optional)[0].answer == std::nullopt);
    CHECK_THROWS_WITH(read("a.json", row), ContainsSubstring("a.json: line 1: the answer is missing"));
  }
}

TEST_CASE("choices: one bad question in a hundred is counted, and has its place among the answers", "[choices]") {
  const test::TemporaryFolder folder;
  const auto file = [&](const char* name, const std::string& bad, int count) {
    std::string bytes = name == std::string("a.json") ? "[" : "";
    const std::string end = bytes.empty() ? "\n" : ",\n";
    for (int i = 0; i < 100; ++i) {
      bytes += i < count ? bad : R"({"context": "c", "choices": ["a", "b"], "answer": 1})";
      bytes += i < 99 ? end : bytes[0] == '[' ? "]" : "\n";
    }
    write_file_atomically(folder / name, bytes);
    return folder / name;
  };
  for (const std::string bad : {R"({"context": "c", "choices": ["a"], "answer": 0})", R"({"context": "c"})", "5"}) {
    for (const char* const name : {"a.jsonl", "a.json"}) {
      CAPTURE(bad, name);
      const ChoiceFile one = read_choice_questions(file(name, bad, 1), Answers::required);
      REQUIRE(one.questions.size() == 99);
      CHECK(one.dropped.bad() == 1);
      CHECK(one.questions[0].number == 2);
      const auto all = read_choice_questions(folder / name, Answers::optional).questions;
      REQUIRE(all.size() == 100);
      CHECK_THAT(all[0].problem, ContainsSubstring(std::string(name) + ": line 1"));
      CHECK(all[1].problem.empty());
      CHECK_THROWS_WITH(read_choice_questions(file(name, bad, 2), Answers::required),
                        ContainsSubstring("the first of 2 bad rows among 100"));
    }
  }
  CHECK(read_choice_questions(file("a.jsonl", "{\"context\": oops", 1), Answers::required).dropped.bad() == 1);
  // To answer, no right answer is needed, whatever stands in its place.
  CHECK(read_choice_questions(file("a.jsonl", R"({"context": "c", "choices": ["a", "b"], "answer": "?"})", 100),
                              Answers::optional)
            .questions[0]
            .problem.empty());
  std::string c3 = "[[[], [{}], 1], 5";
  for (int i = 0; i < 250; ++i) c3 += R"(, [["x"], [{"question": "q", "choice": ["a", "b"], "answer": "b"}], 1])";
  write_file_atomically(folder / "c3.json", c3 + "]");
  CHECK(read_choice_questions(folder / "c3.json", Answers::required).dropped.bad() == 2);
  CHECK(read_choice_questions(folder / "c3.json", Answers::optional).questions.size() == 252);
}

TEST_CASE("choices: the forms of other data sets", "[choices]") {
  const auto one = [](const char* name, const std::string& content) {
    const auto questions = read(name, content);
    REQUIRE(questions.size() == 1);
    return questions[0];
  };
  const ChoiceQuestion race =
      one("a.jsonl",
          R"({"example_id": "h1", "article": "文", "question": "谁？", "options": ["甲", "乙"], "answer": "B"})");
  CHECK(race.context == "文");
  CHECK(race.choices == std::vector<std::string>{"甲", "乙"});
  CHECK(race.answer == 1);
  CHECK(race.id == "\"h1\"");
  CHECK(one("a.csv", "id,question,A,B,C,D,answer\n1,谁？,甲,乙,丙,丁,C\n").answer == 2);
  CHECK(one("a.csv", "id,question,A,B,C,D,answer\n1,谁？,D,乙,丙,丁,D\n").answer == 0);  // a text goes first
  const ChoiceQuestion copa = one(
      "a.jsonl", R"({"premise": "文", "choice1": "甲", "choice2": "乙", "question": "cause", "label": 1, "idx": 3})");
  CHECK(copa.context == "文");
  CHECK(copa.answer == 1);
  CHECK(copa.id == "3");
  CHECK(one("a.jsonl", R"({"ctx": "文", "endings": ["甲", "乙"], "label": "1"})").answer == 1);
  const std::string arc =
      R"({"question": "谁？", "choices": {"text": ["甲", "乙"], "label": ["1", "2"]}, "answerKey": "1"})";
  CHECK(one("a.jsonl", arc).answer == 0);
  const std::string c3 = R"([[["x"], [{"question": "q", "choice": ["a", "b"], "answer": "b"}], "5-1"]])";
  CHECK(one("c3.json", c3).id == "\"5-1\"");
  CHECK_THROWS_WITH(one("a.jsonl", R"({"content": "他#idiom#", "candidates": [["百年大计", "一心一意"]]})"),
                    ContainsSubstring("a.jsonl: line 1: this is ChID, a text with blanks for idioms"));
}

TEST_CASE("choices: what is wrong in a file is an Error that names the place", "[choices]") {
  const auto expect = [](const char* name, const char* content, const char* message) {
    CHECK_THROWS_WITH(read(name, content), ContainsSubstring(message));
  };
  expect("a.csv", "context,label\nc,0\n", "a.csv: line 2: no choices (columns: context, label)");
  expect("a.csv", "context,choice0,choice1,label\nc,a,b,2\n", "a.csv: line 2: the answer is \"2\", expected one of");
  expect("a.csv", "context,choice0,choice1,label\nc,,b,1\n", "line 2: choice 0 is empty");
  expect("a.csv", "context,choice0,choice1,label\nc,a,,0\n", "line 2: the question has 1 choices");
  expect("a.csv", "x,choice0,choice1,label\nc,a,b,0\n", "line 2: there is no question");
  expect("a.csv", "context,choices,label\nc,a b,0\n", "line 2: column choices");
  expect("a.json", R"([{"context": "c", "choices": [1, 2], "answer": 0}])", "choices is [1,2], expected an array of");
  expect("a.json", R"([{"context": 3, "choices": ["a", "b"], "answer": 0}])", "context is 3, expected a text");
  expect("a.json", "[\"text\"]", "a bare text");
  expect("a.json", "[]", "no question in it");
  expect("c3.json", "[[3]]", "c3.json: entry 1: found [3]");
  expect("c3.json", R"([[["x"], [{"question": "q", "choice": ["a", "b"], "answer": "c"}]]])",
         "c3.json: question 1: the answer is \"c\"");
  expect("c3.json", R"([[["x"], ["q"]]])", "c3.json: question 1: found \"q\"");
}

TEST_CASE("choices: a sequence is a context, and a question or an opening with a choice", "[choices]") {
  const Tokenizer tokenizer = test::tiny_tokenizer();  // a is 5
  const std::vector<ChoiceQuestion> questions = {{"a b", "c", {}, {"d", "e"}, 1, 1},
                                                 {"a b", {}, "c", {"d", "e"}, {}, 2},
                                                 {{}, "c", {}, {"d", "a b c d e f g h i j k l m n o p", "e"}, 0, 3}};
  const ChoosingSet set = make_choosing_set(questions, tokenizer, 10);
  CHECK(set.data.sequences[0].ids == Ids{2, 5, 6, 3, 7, 3, 8, 3});
  CHECK(set.data.sequences[0].type_ids == Ids{0, 0, 0, 0, 1, 1, 1, 1});
  CHECK(set.data.sequences[3].ids == Ids{2, 5, 6, 3, 7, 9, 3});
  CHECK(set.data.sequences[4].ids == Ids{2, 7, 3, 8, 3});
  CHECK(set.data.sequences[5].ids.size() == 10);
  CHECK(set.counts == std::vector<Index>{2, 2, 3});
  CHECK(set.answers == Ids{1, -1, 0});
  CHECK(set.data.texts == 3);
  CHECK(set.data.truncated == 1);
  CHECK(set.data.lines == std::vector<std::size_t>{1, 1, 2, 2, 3, 3, 3});
}

TEST_CASE("choosing: the objective's loss and accuracy are those of the answers", "[objective]") {
  Chooser chooser(0);
  test::randomize(chooser.model, 5, 0.5);
  const std::vector<ChoiceQuestion> questions = letters();
  const auto answers = choose(chooser.model, test::tiny_tokenizer(), questions);
  double loss = 0, right = 0;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    REQUIRE(answers[q].size() == questions[q].choices.size());
    double sum = 0;
    for (const ChoiceScore& answer : answers[q]) {
      sum += answer.score;
      if (static_cast<Index>(answer.choice) == questions[q].answer) loss -= std::log(answer.score) / 5;
    }
    CHECK(sum == Approx(1));
    CHECK(std::ranges::is_sorted(answers[q], std::ranges::greater(), &ChoiceScore::score));
    right += static_cast<Index>(answers[q].front().choice) == questions[q].answer;
  }
  const Evaluation evaluation = chooser.objective->evaluate();
  CHECK(evaluation.loss == Approx(loss).epsilon(1e-5));
  CHECK(evaluation.metrics.front().name == "accuracy");
  CHECK(evaluation.metrics.front().value == Approx(right / 5));

  // The loss of a batch of all is the same, and so is that of two batches with the divisor of both.
  const auto batch_loss = [&](std::initializer_list<Index> examples) {
    const NoGrad no_grad;
    Mode mode = Mode::inference();
    const std::vector<Index> members(examples);
    const LossBatch batch = chooser.objective->batch(members, 0);
    CHECK(batch.counts == std::vector<double>{static_cast<double>(members.size())});
    return static_cast<double>(batch.loss(std::vector<double>{5}, mode).value().item());
  };
  CHECK(batch_loss({0, 1, 2, 3, 4}) == Approx(loss).epsilon(1e-5));
  CHECK(batch_loss({3, 0}) + batch_loss({4, 1, 2}) == Approx(loss).epsilon(1e-5));
  CHECK(chooser.objective->lengths() == std::vector<Index>{15, 10, 20, 14, 18});
  CHECK(chooser.objective->examples() == 5);
}

TEST_CASE("choosing: learns questions with different numbers of choices", "[objective]") {
  const test::Threads one_thread(1);
  Chooser chooser(0);
  chooser.model.initialize(1);
  const test::TemporaryFolder folder;
  test::Recorder recorder;
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const TrainingArguments arguments = arguments_for(120);
  Trainer trainer(*chooser.objective, tokenizer, arguments, folder.path(), recorder);
  trainer.run();
  CHECK(chooser.objective->evaluate().metrics.front().value == 1);
  CHECK(trainer.history().evaluations.back().loss < trainer.history().evaluations.front().loss / 4);
  const LabelTable table = chooser.objective->label_table();
  CHECK(table.labels == Texts{"choice 1", "choice 2", "choice 3", "choice 4"});
  CHECK(table.training == std::vector<Index>{2, 2, 0, 1});
}

TEST_CASE("choosing: a run that diverges says so, and not that the model's file is damaged", "[objective]") {
  Chooser chooser(0);
  chooser.model.initialize(1);
  const test::TemporaryFolder folder;
  test::Recorder recorder;
  const Tokenizer tokenizer = test::tiny_tokenizer();
  TrainingArguments arguments = arguments_for(2);
  arguments.learning_rate = 1e30;
  arguments.max_grad_norm = 0;
  Trainer trainer(*chooser.objective, tokenizer, arguments, folder.path(), recorder);
  CHECK_THROWS_WITH(trainer.run(), ContainsSubstring(" is nan (not a number)") && ContainsSubstring("`learning_rate`"));
}

TEST_CASE("choosing: a resumed run ends with the same bits", "[objective]") {
  const test::Threads one_thread(1);
  const test::TemporaryFolder folder;
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const TrainingArguments arguments = arguments_for(6);
  const auto run = [&](Index stop_after, const std::filesystem::path& checkpoint) {
    Chooser chooser(0.1);
    chooser.model.initialize(1);
    test::Recorder recorder;
    recorder.stop_after = stop_after;
    Trainer trainer(*chooser.objective, tokenizer, arguments, folder.path(), recorder);
    if (!checkpoint.empty()) trainer.resume(checkpoint);
    trainer.run();
    return test::values_of(chooser.model.parameters());
  };
  const auto whole = run(-1, {});
  run(3, {});
  CHECK(test::same_bits(run(-1, folder / "checkpoint-3"), whole));
}

TEST_CASE("choosing: a question without an answer cannot be learned", "[objective]") {
  BertForMultipleChoice learner(test::tiny_config(0));
  const std::vector<ChoiceQuestion> unknown = {{"a", {}, {}, {"b", "c"}, {}, 1}};
  const ChoosingSet set = make_choosing_set(unknown, test::tiny_tokenizer(), 16);
  CHECK_THROWS_WITH(ChoosingObjective(learner, set, {}), ContainsSubstring("question 1 has no answer"));
}

}  // namespace multiple_choice_test
