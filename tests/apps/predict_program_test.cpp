// What mini_bert_predict prints for every task, and that its flags arrive: each table against the JSON of the same
// call.
#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/console/text_format.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace predict_program_test {

class Workshop : public ProgramFolder {
 public:
  // A model for a task, trained for an update, so that nothing is certain.
  void train(const std::string& task, const std::string& data, const std::string& output) const {
    const Outcome outcome = run("mini_bert_train --model model --max-steps 1 --learning-rate 0.01 --train " + data +
                                " --output " + output + " --task " + task);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }
  // What is printed for one text, as a table and as JSON.
  std::string table(const std::string& flags) const { return outcome(flags).out; }
  json answers(const std::string& flags) const { return json::parse(outcome(flags + " --json").out); }
  std::string note(const std::string& flags) const { return outcome(flags).err; }

 private:
  Outcome outcome(const std::string& flags) const {
    Outcome outcome = run("mini_bert_predict " + flags);
    INFO(flags << '\n' << outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return outcome;
  }
};

double number(const json& row, const char* name) {
  return row.at(name).get<double>();
}

std::string text(const json& row, const char* name) {
  return row.at(name).get<std::string>();
}

// Small probabilities as powers of ten.
std::string probability(double p) {
  return p >= 0.001 ? format_percent(p) : fmt::format("{:.1e}", p);
}

std::string fill_rows(const json& rows) {
  std::string table;
  for (const json& row : rows) {
    table += fmt::format("  {:>7}  {}  {}\n", format_percent(number(row, "score")),
                         pad_right(text(row, "token_str"), 8), text(row, "sequence"));
  }
  return table;
}

TEST_CASE("predict fill-mask: a table of each blank", "[apps]") {
  const Workshop shop;
  const std::string one = "fill-mask --model model --top-k 3 '诸葛[MASK]'";
  const json rows = shop.answers(one);
  REQUIRE(rows.size() == 3);
  CHECK(shop.table(one) == "诸葛[MASK]\n" + fill_rows(rows));
  CHECK(shop.answers("fill-mask --model model '诸葛[MASK]'").size() == 5);
  const std::string two = "fill-mask --model model --top-k 2 '[MASK]葛[MASK]'";
  const json blanks = shop.answers(two);
  REQUIRE(blanks.size() == 2);
  CHECK(shop.table(two) == "[MASK]葛[MASK]\n  blank 1\n" + fill_rows(blanks[0]) + "  blank 2\n" + fill_rows(blanks[1]));
}

TEST_CASE("predict: answers come in the precision that is asked for, which the program names", "[apps]") {
  const Workshop folder;
  const std::string question = "fill-mask --model model 三[MASK] --threads 1 --precision ";
  const double exact = number(folder.answers(question + "f32")[0], "score");
  CHECK(folder.note(question + "f32").empty());
  for (const std::string name : {"bf16", "int8"}) {
    CHECK_THAT(folder.note(question + name), ContainsSubstring("answers are computed in " + name));
    CHECK(number(folder.answers(question + name)[0], "score") == Approx(exact).epsilon(0.1));
  }
  const Outcome wrong = folder.run("mini_bert_predict " + question + "int4");
  CHECK(wrong.exit_code == 1);
  CHECK_THAT(wrong.err, ContainsSubstring("--precision") && ContainsSubstring("int4"));
}

TEST_CASE("predict fill-mask: tables of blanks together and of whole words", "[apps]") {
  const Workshop shop;
  const std::string joint = "fill-mask --model model --joint --top-k 40 '诸[MASK]国[MASK]'";
  std::string expected = "诸[MASK]国[MASK]\n    joint  per token\n";
  for (const json& row : shop.answers(joint)) {
    expected += fmt::format("  {:>7}  {:>9}  {}\n", probability(number(row, "score")),
                            probability(std::exp(number(row, "log_probability_per_token"))), text(row, "sequence"));
  }
  CHECK(shop.table(joint) == expected);
  CHECK_THAT(expected, ContainsSubstring(" %") && ContainsSubstring("e-04"));

  const std::string words = "fill-mask --model model --targets 亮,诸葛亮 '三国人物[MASK]'";
  expected = "三国人物[MASK]\n     word  per token    log p      PLL\n";
  for (const json& row : shop.answers(words)) {
    expected +=
        fmt::format("  {:>7}  {:>9}  {:>7.2f}  {:>7.2f}  {}  {}\n", probability(number(row, "score")),
                    probability(std::exp(number(row, "log_probability_per_token"))), number(row, "log_probability"),
                    number(row, "pseudo_log_likelihood"), pad_right(text(row, "target"), 8), text(row, "sequence"));
  }
  CHECK(shop.table(words) == expected);
  CHECK(shop.answers("fill-mask --model model --top-k 1 --targets 亮,诸葛亮 '三国人物[MASK]'").size() == 1);
  CHECK(shop.answers("fill-mask --model model --targets 亮,涛 '三国人物[MASK]*'")[0].contains("target"));
}

TEST_CASE("predict fill-mask: a wider beam and longer blanks are looked at where they are asked for", "[apps]") {
  const Workshop shop;
  // 人 is likelier than 大 to begin a text, but what follows it is anything, and after 大 it is 水.
  write_file(shop.path() / "texts.txt", "人日\n人月\n人风\n人云\n大水\n大水\n大水\n");
  const Outcome trained = shop.run(
      "mini_bert_train --model model --train texts.txt --output pairs --mask-probability 0.6 --max-steps 1500 "
      "--learning-rate 0.005 --batch-size 7");
  REQUIRE(trained.exit_code == 0);
  const std::string both = "fill-mask --model pairs --joint --top-k 1 '[MASK][MASK]' --beam ";
  CHECK(text(shop.answers(both + "1")[0], "sequence").starts_with("人"));
  CHECK(text(shop.answers(both + "2")[0], "sequence") == "大 水");

  std::size_t longest = 0;
  for (const json& row : shop.answers("fill-mask --model model --max-blank-length 2 --top-k 200 '诸[MASK]*国'")) {
    longest = std::max(longest, row.at("tokens").size());
  }
  CHECK(longest == 2);
}

TEST_CASE("predict fill-mask: words are parted by commas and by the marks of Chinese lists", "[apps]") {
  const Workshop shop;
  const auto targets = [&](const std::string& list) {
    std::vector<std::string> words;
    for (const json& row :
         shop.answers("fill-mask --model model --top-k 9 --targets '" + list + "' '三国人物[MASK]'")) {
      words.push_back(row.contains("target") ? text(row, "target") : text(row, "token_str"));
    }
    std::ranges::sort(words);
    return words;
  };
  const std::vector<std::string> three = targets("亮,孔明,诸葛亮");
  CHECK(three == std::vector<std::string>{"亮", "孔明", "诸葛亮"});
  for (const char* list : {"亮，孔明，诸葛亮", "亮、孔明、诸葛亮", " 亮 ， 孔明、诸葛亮", "亮，孔明,诸葛亮"}) {
    INFO(list);
    CHECK(targets(list) == three);
  }
  CHECK(targets("，,。,亮") == std::vector<std::string>{"。", "亮", "，"});
  CHECK(targets("，") == std::vector<std::string>{"，"});
}

TEST_CASE("predict classify: labels in percent, numbers as they are, pairs at the tab", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "train.csv", "label,text\n人物,诸葛亮\n山水,大山\n天地,天\n");
  shop.train("classify", "train.csv", "labels");
  const std::string ask = "classify --model labels --top-k 2 '诸葛亮'";
  const json rows = shop.answers(ask);
  REQUIRE(rows.size() == 2);
  CHECK(number(rows[0], "score") >= number(rows[1], "score"));
  CHECK(shop.table(ask) == fmt::format("诸葛亮\n  {:>7}  {}\n  {:>7}  {}\n", format_percent(number(rows[0], "score")),
                                       text(rows[0], "label"), format_percent(number(rows[1], "score")),
                                       text(rows[1], "label")));
  const std::string tab = "\"$(printf '诸葛\\t亮')\"";
  CHECK(shop.answers("classify --model labels --pairs " + tab) != shop.answers("classify --model labels " + tab));
  const Outcome one_text = shop.run("mini_bert_predict classify --model labels --pairs 诸葛");
  CHECK(one_text.exit_code == 1);
  CHECK_THAT(one_text.err, ContainsSubstring("no tab in the text \"诸葛\""));

  write_file(shop.path() / "numbers.csv", "label,text\n3.5,诸葛亮\n250,大山\n");
  shop.train("classify --problem-type regression", "numbers.csv", "number");
  const json number_of = shop.answers("classify --model number '诸葛亮'");
  CHECK(shop.table("classify --model number '诸葛亮'") ==
        fmt::format("诸葛亮\n  {:>7}  LABEL_0\n", fmt::format("{:.4g}", number(number_of[0], "score"))));
}

TEST_CASE("predict tag: a table, and words that are tagged by their tokens as it is asked for", "[apps]") {
  const Workshop shop;
  std::string vocabulary = read_file(shop.path() / "model/vocab.txt");
  vocabulary.replace(vocabulary.find("风"), 3, "a").replace(vocabulary.find("云"), 3, "##b");
  write_file(shop.path() / "model/vocab.txt", vocabulary);
  write_file(shop.path() / "train.bio", "ab B-X\n三 B-Y\na B-Y\n国 B-X\n\nab B-Y\n人 B-X\n");
  shop.train("tag", "train.bio", "tags");
  const auto ask = [](const std::string& aggregation) {
    return "tag --model tags --aggregation " + aggregation + " 'ab'";
  };
  const json tokens = shop.answers(ask("none"));
  REQUIRE(tokens.size() == 2);  // no tag of these is O
  const auto share_of_x = [&](const json& token) {
    return text(token, "entity") == "B-X" ? number(token, "score") : 1 - number(token, "score");
  };
  const double x[] = {share_of_x(tokens[0]), share_of_x(tokens[1])};
  const double surest = std::abs(x[0] - 0.5) > std::abs(x[1] - 0.5) ? x[0] : x[1];
  const std::vector<std::pair<const char*, double>> words = {
      {"first", x[0]}, {"average", (x[0] + x[1]) / 2}, {"max", surest}};
  for (const auto& [aggregation, expected] : words) {
    const json spans = shop.answers(ask(aggregation));
    INFO(aggregation << ' ' << spans.dump() << tokens.dump());
    REQUIRE(spans.size() == 1);
    CHECK(text(spans[0], "entity_group") == (expected > 0.5 ? "X" : "Y"));
    CHECK(number(spans[0], "score") == Approx(std::max(expected, 1 - expected)).epsilon(1e-5));
  }
  CHECK(shop.answers(ask("simple")) == shop.answers("tag --model tags 'ab'"));

  const json spans = shop.answers("tag --model tags '三ab'");
  std::string expected = "三ab\n";
  for (const json& span : spans) {
    expected += fmt::format("  {:>7}  {}  {}..{}  {}\n", format_percent(number(span, "score")),
                            pad_right(text(span, "entity_group"), 8), span.at("start").get<int>(),
                            span.at("end").get<int>(), text(span, "word"));
  }
  CHECK(shop.table("tag --model tags '三ab'") == expected);
}

TEST_CASE("predict answer: a table of answers, of none too, and lines with a tab", "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "train.json",
             R"({"data": [{"paragraphs": [{"context": "诸葛亮字孔明", "qas": [{"id": "1", "question": "是",)"
             R"( "answers": [{"text": "孔明", "answer_start": 4}]}]}]}]})");
  shop.train("answer", "train.json", "answers");
  const std::string ask = "answer --model answers --question 是 --context 诸葛亮字孔明 --top-k ";
  const json rows = shop.answers(ask + "3");
  REQUIRE(rows.size() == 3);
  std::string expected = "是\n";
  for (const json& row : rows) {
    expected += fmt::format("  {:>7}  {}  {}..{}\n", format_percent(number(row, "score")), text(row, "answer"),
                            row.at("start").get<int>(), row.at("end").get<int>());
  }
  CHECK(shop.table(ask + "3") == expected);
  CHECK(shop.answers(ask + "1").at("answer") == rows[0].at("answer"));
  const std::string short_text = "answer --model answers --question 是 --context 孔明 --top-k 9";
  CHECK_THAT(shop.table(short_text + " --may-be-absent"), ContainsSubstring("  (no answer)  0..0\n"));
  CHECK_THAT(shop.table(short_text), !ContainsSubstring("(no answer)"));
  CHECK(shop.answers("answer --model answers --top-k 3 \"$(printf '是\\t诸葛亮字孔明')\"") == rows);
  const std::string windows =
      "answer --model answers --question 是 --context "
      "天地日月山水风云大小诸葛亮字孔明三国人物诸葛涛字子澜天地日月山水风云 --doc-stride ";
  CHECK(shop.answers(windows + "10") == shop.answers(windows + "99"));  // half a window at most
  CHECK(shop.answers(windows + "0") != shop.answers(windows + "10"));
  const Outcome no_tab = shop.run("mini_bert_predict answer --model answers 是");
  CHECK(no_tab.exit_code == 1);
  CHECK_THAT(no_tab.err, ContainsSubstring("no tab in \"是\"; give --question and --context"));
}

TEST_CASE("predict embed: the pooling that is asked for, else the model's, else the mean and a line that says so",
          "[apps]") {
  const Workshop shop;
  write_file(shop.path() / "train.csv", "label,text\n人物,诸葛亮\n山水,大山\n");
  shop.train("classify", "train.csv", "pooled");
  const auto vector = [&](const std::string& flags) { return shop.answers("embed --model pooled 诸葛亮 " + flags); };
  const json mean = vector("--pooling mean"), cls = vector("--pooling cls"), pooler = vector("--pooling pooler");
  CHECK(mean != cls);
  CHECK(cls != pooler);
  for (const json& x : pooler) CHECK(std::abs(x.get<double>()) < 1);  // it ends with tanh
  CHECK(shop.note("embed --model pooled --pooling mean 诸葛亮").empty());
  CHECK(vector("") == mean);
  CHECK(
      shop.note("embed --model pooled --json 诸葛亮") ==
      "pooled has no modules.json to say how its vectors are made: each is the mean over the tokens of a text; choose "
      "with --pooling mean, cls or pooler\n");

  std::string expected = "诸葛亮\n  16 numbers:";
  for (int i = 0; i < 8; ++i) expected += fmt::format(" {:.4f}", mean[static_cast<std::size_t>(i)].get<double>());
  CHECK(shop.table("embed --model pooled 诸葛亮") == expected + " …\n");

  write_file(shop.path() / "pooled/modules.json",
             R"([{"path": "", "type": "a.Transformer"}, {"path": "1_Pooling", "type": "a.Pooling"}])");
  write_file(shop.path() / "pooled/1_Pooling/config.json", R"({"pooling_mode": "cls"})");
  CHECK(shop.note("embed --model pooled 诸葛亮").empty());
  CHECK(vector("") == cls);
  CHECK(vector("--pooling mean") == mean);
  double length = 0;
  for (const json& x : vector("--normalize")) length += std::pow(x.get<double>(), 2);
  CHECK(length == Approx(1).epsilon(1e-5));
}

TEST_CASE("predict score: a row of each text, in their order however many they are", "[apps]") {
  const Workshop shop;
  const json row = shop.answers("score --model model 诸葛亮");
  CHECK(shop.table("score --model model 诸葛亮") ==
        fmt::format("{:>10.3f}  {:>10.2f} per token  诸葛亮\n", number(row, "score"), number(row, "perplexity")));
  std::vector<std::string> texts;
  std::string lines;
  for (int i = 0; i < 600; ++i) {
    const std::vector<std::string> characters = {"三", "国", "人", "物", "诸", "葛", "亮", "涛"};
    const auto n = static_cast<std::size_t>(i);
    texts.push_back(characters[n % 8] + characters[n / 8 % 8] + characters[n / 64 % 8] + characters[n / 512]);
    lines += texts.back() + '\n';
  }
  write_file(shop.path() / "lines.txt", lines);
  std::istringstream table(shop.table("score --model model --file lines.txt"));
  std::vector<std::string> found;
  for (std::string line; std::getline(table, line);) found.push_back(line.substr(line.rfind(' ') + 1));
  CHECK(found == texts);
}

}  // namespace predict_program_test
