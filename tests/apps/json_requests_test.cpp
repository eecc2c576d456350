// Lines that programs send to mini_bert_predict --json: what is a text, what is an object, and what is neither.
#include <nlohmann/json.hpp>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;
using nlohmann::json;

namespace {

std::string problem_of(const json& line) {
  return line.is_object() && line.contains("error") ? line.at("error").get<std::string>() : "";
}

class RequestDesk : public ProgramFolder {
 public:
  std::vector<json> ask(const std::string& flags, const std::string& input) const {
    write_file(path() / "input.txt", input);
    const Outcome outcome = run("mini_bert_predict " + flags + " --json < input.txt");
    INFO(outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
    return json_lines(outcome.out);
  }
};

}  // namespace

TEST_CASE("requests: JSON that is no text and no object with a text is named, not read as a text", "[apps][requests]") {
  const RequestDesk desk;
  struct Case {
    const char *line, *error;
  };
  const std::vector<Case> cases = {
      {R"({"text": null})", R"("text" of the request is null, expected a text; send {"text": "…"})"},
      {R"({"text": ["a"]})", R"("text" of the request is ["a"], expected a text; send {"text": "…"})"},
      {R"({"txt": "天[MASK]", "n": 5})", R"(the request has no text "text", but "n", "txt"; send {"text": "…"})"},
      {"{}", R"(the request has no text "text"; send {"text": "…"})"},
      {R"(["天[MASK]", "地[MASK]"])", "the line is a list, expected one text or one object; send each text on a line"},
      {R"([{"text": "天[MASK]"}])", "the line is a list, expected one text or one object"},
      {"[101, 102]", "the line is a list, expected one text or one object"},
      {"null", "the line is null, expected one text or one object"},
      {"{'text': '天[MASK]'}", "the keys of the object are not in double quotes"},
      {"{text: \"天[MASK]\"}", "the keys of the object are not in double quotes"},
      {R"({"text": "天[MASK]",})", "the request: not JSON, column 20: "},
      {R"({"text": "天[MASK]", "parameters": {"top_k": 3}})", "\"top_k\" is a flag of the program"},
      {R"({"text": "天[MASK]", "id": 12345678901234567890123})",
       "more than 64 bits, which is rounded; send it as a text"},
      {R"("")", "the text is empty"},
      {"666", "no [MASK] in the text \"666\""},
      {"[1]", "no [MASK] in the text \"[1]\""}};
  std::string input;
  for (const Case& c : cases) input += std::string(c.line) + '\n';
  const std::vector<json> lines = desk.ask("fill-mask --model model", input);
  REQUIRE(lines.size() == cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO(cases[i].line);
    CHECK_THAT(problem_of(lines[i]), ContainsSubstring(cases[i].error));
  }
}

TEST_CASE("requests: a JSON string is its text; other lines in quotation marks or braces are texts",
          "[apps][requests]") {
  const RequestDesk desk;
  const std::string flags = "fill-mask --model model --top-k 1";
  const std::vector<json> plain = desk.ask(flags, "天[MASK]\n");
  const std::vector<json> lines = desk.ask(flags,
                                           "\"天[MASK]\"\n"
                                           " \"天\\u0020[MASK]\" \n"
                                           "\"天[MASK]\"地\n"
                                           "{你: 天[MASK]}\n"
                                           "[天[MASK]]\n"
                                           "{\"text\": \"天[MASK]\", \"id\": 9007199254740993}\n");
  REQUIRE(lines.size() == 6);
  CHECK(lines[0] == plain[0]);
  CHECK(lines[1] == plain[0]);
  for (const int i : {2, 3, 4}) CHECK((lines[i].at(0).contains("token_str") && lines[i] != plain[0]));
  CHECK(lines[5].at("id").dump() == "9007199254740993");
}

TEST_CASE("requests: an object where only texts are read is noted, once", "[apps][requests]") {
  const RequestDesk desk;
  const std::string object = R"({"text": "天[MASK]"})";
  write_file(desk.path() / "input.txt", object + '\n' + object + '\n');
  const Outcome piped = desk.run("mini_bert_predict fill-mask --model model < input.txt");
  CHECK(piped.exit_code == 0);
  CHECK(std::ranges::count(piped.err, '\n') == 1);
  CHECK_THAT(piped.err,
             ContainsSubstring("looks like a JSON object and is read as a text") && ContainsSubstring("--json"));
  CHECK_THAT(desk.run("mini_bert_predict fill-mask --model model --json '" + object + "'").err,
             ContainsSubstring("looks like a JSON object"));
  CHECK(desk.run("mini_bert_predict fill-mask --model model --json < input.txt").err.empty());
}
