// mini_bert_predict as a child of another program: one line out for every line in, whatever the lines are.
#include <sys/types.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/predict/line_reader.h"
#include "apps/predict/request.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace {

std::string error_of(const json& line) {
  return line.is_object() && line.contains("error") ? line.at("error").get<std::string>() : "";
}

class Desk : public ProgramFolder {
 public:
  // Pipes `input` into the program with --json.
  std::vector<json> ask(const std::string& flags, const std::string& input) const {
    write_file(path() / "input.txt", input);
    const Outcome outcome = run("mini_bert_predict " + flags + " --json < input.txt");
    INFO(flags << '\n' << outcome.out << outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.find("mini_bert_predict:") == std::string::npos);
    return json_lines(outcome.out);
  }
  void train(const std::string& task, const std::string& data, const std::string& output) const {
    REQUIRE(
        run("mini_bert_train --model model --max-steps 1 --train " + data + " --output " + output + " --task " + task)
            .exit_code == 0);
  }
};

// Two pipes and a process between them.
class Child {
 public:
  explicit Child(const std::vector<std::string>& command) {
    int in[2], out[2];
    REQUIRE((pipe(in) == 0 && pipe(out) == 0));
    pid_ = fork();
    if (pid_ == 0) {
      dup2(in[0], 0);
      dup2(out[1], 1);
      for (const int end : {in[0], in[1], out[0], out[1]}) close(end);
      std::vector<char*> arguments;
      for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
      arguments.push_back(nullptr);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    to_ = in[1];
    from_ = fdopen(out[0], "r");
  }
  ~Child() {
    end_input();
    std::fclose(from_);
    int status = 0;
    waitpid(pid_, &status, 0);
  }
  void send(const std::string& text) const {
    REQUIRE(write(to_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  std::string line() const {
    char* text = nullptr;
    std::size_t capacity = 0;
    const ssize_t length = getline(&text, &capacity, from_);
    std::string line(text, length > 0 ? static_cast<std::size_t>(length) : 0);
    std::free(text);
    return line;
  }
  void end_input() {
    if (to_ >= 0) close(std::exchange(to_, -1));
  }

 private:
  pid_t pid_;
  int to_;
  FILE* from_;
};

}  // namespace

TEST_CASE("child: fill-mask answers every line in its place, and says of a bad one what is wrong", "[apps][child]") {
  const Desk desk;
  const std::vector<json> lines = desk.ask("fill-mask --model model --top-k 1",
                                           "诸葛[MASK]\n"                              // 0
                                           "没有空\n"                                  // 1
                                           "\n"                                        // 2
                                           "\xFF\xFE[MASK]\n"                          // 3
                                           "{\"text\": \"天[MASK]\", \"id\": 7}\n"     // 4
                                           "{\"id\": [1, \"a\"], \"text\": \"天\"}\n"  // 5
                                           "{\"text\": \n"                             // 6
                                           "{\"id\": \"x\"}\n"                         // 7
                                           "{\"text\": \"[MASK]\", \"top_k\": 3}\n"    // 8
                                           "{天[MASK]}\n"                              // 9
                                           "  \r\n"                                    // 10
                                           "{\"text\": 5}\n"                           // 11
                                           "{\"text\": \"天[MASK]\", \"n\": 5}\n"      // 12, with a key of another name
                                           "地[MASK]");                                // 13, without a line end
  REQUIRE(lines.size() == 14);
  CHECK(lines[0].at(0).contains("token_str"));
  CHECK_THAT(error_of(lines[1]), ContainsSubstring("no [MASK]"));
  CHECK(error_of(lines[2]) == "the text is empty");
  CHECK_THAT(error_of(lines[3]), ContainsSubstring("byte 0 is not UTF-8"));
  CHECK(lines[4].at("id") == 7);
  CHECK(lines[4].at("result") == desk.ask("fill-mask --model model --top-k 1", "天[MASK]\n").at(0));
  CHECK(lines[5].at("id") == json({1, "a"}));
  CHECK_THAT(error_of(lines[5]), ContainsSubstring("no [MASK]"));
  CHECK_THAT(error_of(lines[6]), ContainsSubstring("JSON"));
  CHECK(lines[7].at("id") == "x");
  CHECK_THAT(error_of(lines[7]), ContainsSubstring("no text \"text\"; send {"));
  CHECK_THAT(error_of(lines[8]), ContainsSubstring("\"top_k\" is a flag"));
  CHECK(lines[9].at(0).contains("token_str"));
  CHECK(error_of(lines[10]) == "the text is empty");
  CHECK(error_of(lines[11]) == R"("text" of the request is 5, expected a text; send {"text": "…"})");
  CHECK(lines[12] == lines[4].at("result"));
  CHECK(lines[13].at(0).contains("token_str"));
}

TEST_CASE("child: every predictor takes objects, gives ids back and lives on after a bad line", "[apps][child]") {
  const Desk desk;
  write_file(desk.path() / "train.csv", "label,text\n人物,诸葛亮\n山水,大山\n");
  desk.train("classify", "train.csv", "labels");
  write_file(desk.path() / "train.bio", "诸 B-X\n葛 I-X\n\n大 B-Y\n山 I-Y\n");
  desk.train("tag", "train.bio", "tags");
  write_file(desk.path() / "train.json",
             R"({"data": [{"paragraphs": [{"context": "诸葛亮字孔明", "qas": [{"id": "1", "question": "是",)"
             R"( "answers": [{"text": "孔明", "answer_start": 4}]}]}]}]})");
  desk.train("answer", "train.json", "answers");
  write_file(desk.path() / "choices.jsonl",
             "{\"context\": \"天地\", \"choices\": [\"日\", \"月\"], \"answer\": 0}\n"
             "{\"context\": \"山水\", \"choices\": [\"日\", \"水\"], \"answer\": 1}\n");
  desk.train("choose", "choices.jsonl", "choices");
  struct Case {
    std::string flags, good;
  };
  const std::vector<Case> cases = {
      {"fill-mask --model model", R"({"text": "诸葛[MASK]", "id": 1})"},
      {"fill-mask --model model --joint", R"({"text": "诸葛[MASK]", "id": 1})"},
      {"fill-mask --model model --targets 亮,诸葛亮", R"({"text": "人物[MASK]", "id": 1})"},
      {"classify --model labels", R"({"text": "诸葛亮", "id": 1})"},
      {"classify --model labels --pairs", R"({"text": "诸葛亮", "text_pair": "大山", "id": 1})"},
      {"tag --model tags", R"({"text": "诸葛亮", "id": 1})"},
      {"answer --model answers", R"({"question": "是", "context": "诸葛亮字孔明", "id": 1})"},
      {"choose --model choices", R"({"context": "天地", "choices": ["日", "月"], "id": 1})"},
      {"embed --model model --pooling mean", R"({"text": "诸葛亮", "id": 1})"},
      {"score --model model", R"({"text": "诸葛亮", "id": 1})"},
  };
  for (const Case& c : cases) {
    INFO(c.flags);
    const std::vector<json> lines = desk.ask(c.flags, c.good + "\n{}\n\n\xC3\x28\n" + c.good + "\n");
    REQUIRE(lines.size() == 5);
    CHECK(lines[0].at("id") == 1);
    CHECK_FALSE(lines[0].at("result").empty());
    CHECK_FALSE(error_of(lines[1]).empty());
    CHECK(error_of(lines[2]) == "the text is empty");
    CHECK_THAT(error_of(lines[3]), ContainsSubstring("UTF-8"));
    CHECK(lines[4].at("id") == 1);
    CHECK(lines[4].at("result").dump() == lines[0].at("result").dump());
  }
  // A pair as an object is the pair of the line with a tab.
  const std::string pair = "classify --model labels";
  CHECK(error_of(desk.ask(pair, R"({"text": "诸葛亮", "text_pair": ["大山"]})").at(0)) ==
        R"("text_pair" of the request is ["大山"], expected a text; send {"text": "…", "text_pair": "…"})");
  CHECK(desk.ask(pair, R"({"text": "诸葛亮", "text_pair": null})").at(0) == desk.ask(pair, "诸葛亮\n").at(0));
  CHECK(desk.ask(pair, R"({"text": "诸葛亮", "text_pair": "大山"})").at(0) ==
        desk.ask(pair + " --pairs", "诸葛亮\t大山\n").at(0));
  CHECK(desk.ask("answer --model answers", R"({"question": "是", "context": "诸葛亮字孔明"})").at(0) ==
        desk.ask("answer --model answers", "是\t诸葛亮字孔明\n").at(0));
}

TEST_CASE("child: an answer comes before the next question, and after half of it", "[apps][child]") {
  const Desk desk;
  Child child({std::string(MINI_BERT_BIN_DIR) + "/mini_bert_predict", "fill-mask", "--json", "--top-k", "1", "--model",
               (desk.path() / "model").string()});
  child.send("诸葛[MASK]\n");
  CHECK(json::parse(child.line()).at(0).contains("token_str"));
  child.send("天\n地[MA");  // half a question must not hold the answer to the one before back
  CHECK_THAT(error_of(json::parse(child.line())), ContainsSubstring("no [MASK]"));
  child.send("SK]\n");
  CHECK(json::parse(child.line()).at(0).contains("token_str"));
  child.end_input();
  CHECK(child.line().empty());
}

TEST_CASE("child: without --json a bad line is named with its number, and the others are answered", "[apps][child]") {
  const Desk desk;
  write_file(desk.path() / "input.txt", "诸葛[MASK]\n没有空\n\n\xFF\n天[MASK]\n");
  const Outcome outcome = desk.run("mini_bert_predict fill-mask --model model < input.txt");
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.out, ContainsSubstring("诸葛[MASK]\n") && ContainsSubstring("\n天[MASK]\n"));
  CHECK_THAT(outcome.err, ContainsSubstring("mini_bert_predict: line 2: no [MASK] in the text \"没有空\"") &&
                              ContainsSubstring("line 3: the text is empty") &&
                              ContainsSubstring("line 4: byte 0 is not UTF-8"));
  CHECK(std::ranges::count(outcome.err, '\n') == 3);
  // An empty line is no mistake.
  CHECK(desk.run("printf '诸葛[MASK]\\n\\n' | mini_bert_predict fill-mask --model model").exit_code == 0);
  // Texts of the command line: the others are answered too, and the command fails.
  const Outcome texts = desk.run("mini_bert_predict fill-mask --model model --json '天[MASK]' 天 '地[MASK]'");
  CHECK(texts.exit_code == 1);
  CHECK(json_lines(texts.out).size() == 3);
  CHECK_FALSE(error_of(json_lines(texts.out)[1]).empty());
}

TEST_CASE("child: files give an answer for every row too", "[apps][child]") {
  const Desk desk;
  write_file(desk.path() / "x.csv", "text\n诸葛[MASK]\n\"\"\n没有空\n天[MASK]\n");
  const Outcome outcome = desk.run("mini_bert_predict fill-mask --model model --json --file x.csv");
  CHECK(outcome.exit_code == 0);
  const std::vector<json> lines = json_lines(outcome.out);
  REQUIRE(lines.size() == 4);
  CHECK(error_of(lines[1]) == "the text is empty");
  CHECK_THAT(error_of(lines[2]), ContainsSubstring("no [MASK]"));
  CHECK(lines[3].is_array());
  CHECK(json_lines(desk.run("mini_bert_predict fill-mask --model model --json --file x.csv -f x.csv").out).size() == 8);
}

TEST_CASE("line reader: a byte order mark, CRLF, and a last line without an end", "[apps][child]") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const std::string text =
      "\xEF\xBB\xBF"
      "a\r\n\nb\rc\nd";
  REQUIRE(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  close(ends[1]);
  LineReader reader(ends[0]);
  std::vector<std::string> lines;
  for (std::vector<std::string> more; !(more = reader.read()).empty();)
    lines.insert(lines.end(), more.begin(), more.end());
  close(ends[0]);
  CHECK(lines == std::vector<std::string>{"a", "", "b\rc", "d"});
}

TEST_CASE("predict: flags of other tasks are refused by name", "[apps]") {
  const ProgramFolder folder;
  const auto error = [&](const std::string& command) { return folder.run("mini_bert_predict " + command).err; };
  struct Case {
    const char *flags, *names;
  };
  const std::vector<Case> cases = {
      {"--targets 亮", "fill-mask"},
      {"--beam 3", "fill-mask"},
      {"--max-blank-length 2", "fill-mask"},
      {"--joint", "fill-mask"},
      {"--pairs", "classify"},
      {"--aggregation max", "tag"},
      {"--question 谁", "answer"},
      {"--context 谁", "answer"},
      {"--doc-stride 9", "answer"},
      {"--may-be-absent", "answer"},
      {"--top-k 3", "fill-mask, classify or answer"},
      {"--pooling cls", "embed"},
      {"--normalize", "embed"},
  };
  for (const Case& c : cases) {
    const std::string flag = std::string(c.flags).substr(0, std::string(c.flags).find(' '));
    CHECK_THAT(error("score --model model 天 " + std::string(c.flags)),
               ContainsSubstring(flag + " goes with " + c.names));
  }
  CHECK_THAT(error("score --model model 天 --top-k 5"), ContainsSubstring("--top-k goes with"));  // the default too
  CHECK_THAT(error("score --model model 天 --text-column a"), ContainsSubstring("--text-column goes with --file"));
}
