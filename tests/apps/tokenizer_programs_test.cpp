// mini_bert_vocab and mini_bert_tokenize run as a user runs them.
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/catch.h"

namespace {

struct Result {
  std::string output;  // stdout and stderr
  int status;
};

Result run(const std::string& command) {
  std::FILE* const pipe = popen((std::string(MINI_BERT_BIN_DIR) + "/" + command + " 2>&1").c_str(), "r");
  REQUIRE(pipe);
  Result result;
  std::array<char, 4096> buffer;
  for (size_t n; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) result.output.append(buffer.data(), n);
  const int status = pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

}  // namespace

TEST_CASE("programs: learn a vocabulary, then read a text with it", "[apps]") {
  const auto directory = std::filesystem::temp_directory_path() / "mini_bert_tokenizer_programs_test";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const std::string model = (directory / "model").string();
  const std::string text = (directory / "text.txt").string();
  std::ofstream(text) << "我们 lowest low low lower\n我\n";

  const Result learned = run("mini_bert_vocab --size 60 --limit_alphabet 50 --output " + model + " " + text);
  INFO(learned.output);
  CHECK(learned.status == 0);
  CHECK_THAT(learned.output, ContainsSubstring("2 lines, 24 characters") && ContainsSubstring("100.000 %"));

  const Result json = run("mini_bert_tokenize --json --model " + model + " " + text);
  CHECK_THAT(json.output, ContainsSubstring(R"("tokens": ["[CLS]", "我", "们", "low)"));
  CHECK_THAT(json.output, ContainsSubstring(R"("offsets": [[0, 0], [0, 1], [1, 2], [3, )"));
  const Result table = run("mini_bert_tokenize --model " + model + " " + text);
  CHECK_THAT(table.output, ContainsSubstring("[CLS]") && ContainsSubstring("0..1"));

  std::ofstream(text) << "a\n\xFF\n";
  const Result bad = run("mini_bert_tokenize --model " + model + " " + text);
  CHECK(bad.status == 1);
  CHECK_THAT(bad.output, ContainsSubstring("mini_bert_tokenize: " + text + ": line 2: text is not UTF-8: byte 0"));
  // The other lines are read, and as JSON the bad one has an answer too.
  std::ofstream(text) << "我\n\xFF\n们\n";
  const Result others = run("mini_bert_tokenize --model " + model + " " + text);
  CHECK(others.status == 1);
  CHECK_THAT(others.output, ContainsSubstring("我 ") && ContainsSubstring("line 2: ") && ContainsSubstring("们 "));
  const Result answered = run("mini_bert_tokenize --json --model " + model + " " + text);
  CHECK(answered.status == 0);
  CHECK(std::ranges::count(answered.output, '\n') == 3);
  CHECK_THAT(answered.output, ContainsSubstring("}\n{\"error\":\"text is not UTF-8: byte 0"));
  std::ofstream(text) << "7 8x\n7,8\n7 8\n";
  const Result decoded = run("mini_bert_tokenize --decode --model " + model + " " + text);
  CHECK_THAT(decoded.output,
             ContainsSubstring("line 1: '8x' is not a token id") && ContainsSubstring("line 2: '7,8' is"));
  std::filesystem::remove_all(directory);
}

TEST_CASE("programs: errors are one line and exit code 1", "[apps]") {
  for (const char* command :
       {"mini_bert_tokenize --model /nonexistent", "mini_bert_tokenize", "mini_bert_vocab --size 3",
        "mini_bert_tokenize --modle x", "mini_bert_vocab --size 99 -o unused /nonexistent"}) {
    const Result result = run(command);
    INFO(command << ": " << result.output);
    CHECK(result.status == 1);
    CHECK(std::count(result.output.begin(), result.output.end(), '\n') == 1);
    CHECK(result.output.starts_with(std::string(command).substr(0, std::string(command).find(' ')) + ": "));
  }
  CHECK(run("mini_bert_tokenize --help").status == 0);
  CHECK_THAT(run("mini_bert_vocab --version").output, ContainsSubstring("mini_bert_vocab 0."));
}
