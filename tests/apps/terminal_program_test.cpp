// What a person sees on a terminal: nothing is wider than it. `script` runs a program with a terminal of its own.
#include <regex>
#include <sstream>

#include "apps/console/text_format.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace {

bool has_script() {
  return std::system("script --version >/dev/null 2>&1") == 0;
}

// The lines as they were on the screen, also those that the next refresh of the bar replaced.
std::vector<std::string> on_terminal(const ProgramFolder& folder, int columns, const std::string& command) {
  write_file(folder.path() / "command.sh", command + "\n");
  const Outcome outcome = folder.run("COLUMNS=" + std::to_string(columns) + " script -qec 'sh command.sh' /dev/null");
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const std::string plain = std::regex_replace(outcome.out, std::regex("\x1b\\[K"), "");
  std::vector<std::string> lines;
  std::string line;
  for (const char c : plain) {
    if (c != '\r' && c != '\n') {
      line += c;
    } else if (!line.empty()) {
      lines.push_back(std::move(line));
      line.clear();
    }
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

}  // namespace

TEST_CASE("terminal: a run fits 80 columns, and 60, with all its parts", "[apps][terminal]") {
  if (!has_script()) {
    WARN("script (util-linux) is not installed, so nothing was tested");
    return;
  }
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n天地日月\n山水风云\n");
  write_file(folder.path() / "guard.jsonl", R"({"text": "诸葛[MASK]", "answer": "亮"})");
  for (const int columns : {60, 80, 200}) {
    const std::vector<std::string> lines = on_terminal(
        folder, columns,
        "mini_bert_train --model model --train t.txt --validation t.txt --output out --overwrite --epochs 30 "
        "--guard guard.jsonl --probe '三国人物诸葛[MASK]=涛' --probe '天地[MASK]月' --logging-steps 5");
    const std::string text = joined(lines);
    INFO(text);
    for (const std::string& line : lines) {
      if (line.starts_with("ask it")) continue;  // a command is not broken into lines
      CHECK(display_width(line) <= static_cast<std::size_t>(columns));
    }
    CHECK(std::ranges::any_of(lines, [](const std::string& line) { return line.starts_with("[#"); }));
    CHECK_THAT(text, ContainsSubstring("right answer") && ContainsSubstring("三国人物诸葛[MASK] = 涛"));
    if (columns >= 80) {  // the rank of the right answer and the answer to the other probe, in every row
      CHECK(std::ranges::count_if(lines, [](const std::string& line) {
              return std::regex_search(line, std::regex("涛 ?#[0-9]+.*[^ ]$")) && line.find("…") == line.npos;
            }) >= 5);
    }
    CHECK((text.find("learning rate ") != std::string::npos && text.find("tokens/s      ") != std::string::npos) ==
          (columns == 200));
  }
}

TEST_CASE("terminal: --help begins with examples and fits", "[apps][terminal]") {
  const ProgramFolder folder;
  for (const char* program : {"mini_bert_train", "mini_bert_predict", "mini_bert_tokenize", "mini_bert_vocab"}) {
    const std::string help = folder.run(std::string(program) + " --help").out;
    CHECK(help.starts_with("Examples:\n  " + std::string(program)));
    std::istringstream stream(help);
    for (std::string line; std::getline(stream, line);) {
      INFO(line);
      CHECK(display_width(line) <= 80);
    }
    if (!has_script()) continue;
    for (const int columns : {80, 100}) {
      std::size_t widest = 0;
      for (const std::string& line : on_terminal(folder, columns, std::string(program) + " --help")) {
        if (line.find(program) != std::string::npos) continue;  // examples and the usage are commands
        widest = std::max(widest, display_width(line));
      }
      CHECK(widest <= static_cast<std::size_t>(columns));
    }
  }
}

TEST_CASE("terminal: the commands that a run shows work as they are typed", "[apps][terminal]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n天地日月\n");
  fs::create_directories(folder.path() / "my bin");
  for (const char* program : {"mini_bert_train", "mini_bert_predict"}) {
    fs::create_symlink(fs::path(MINI_BERT_BIN_DIR) / program, folder.path() / "my bin" / program);
  }
  const std::string train = "'./my bin/mini_bert_train' --model model --train t.txt --output 'my model' ";
  const Outcome trained = folder.run("PATH=/usr/bin:/bin; " + train + "--max-steps 2 --probe '三国人物诸葛[MASK]=涛'");
  INFO(trained.out << trained.err);
  REQUIRE(trained.exit_code == 0);
  const std::size_t at = trained.out.find("ask it      ") + 12;
  const std::string ask = trained.out.substr(at, trained.out.find('\n', at) - at);
  CHECK(ask == "'./my bin/mini_bert_predict' fill-mask --model 'my model' '三国人物诸葛[MASK]'");
  CHECK_THAT(folder.run("PATH=/usr/bin:/bin; " + ask).out, ContainsSubstring("三国人物诸葛[MASK]\n"));
}

TEST_CASE("terminal: a run says its precision, warns of a loss that rose, and of a flag given twice", "[apps]") {
  const ProgramFolder folder;
  write_file(folder.path() / "t.txt", "三国人物诸葛涛\n诸葛亮字孔明\n天地日月\n山水风云\n");
  const std::string train = "mini_bert_train --model model --train t.txt --output out ";
  const Outcome broken = folder.run(train + "--learning-rate 5 --epochs 20");
  INFO(broken.out << broken.err);
  CHECK_THAT(broken.out, ContainsSubstring("warning     the training loss ended at") &&
                             ContainsSubstring("try a lower --learning-rate (it was 5)"));
  const std::string arguments = read_file(folder.path() / "out/arguments.json");
  const bool is_bf16 = arguments.find("\"precision\": \"bf16\"") != std::string::npos;
  CHECK((is_bf16 || arguments.find("\"precision\": \"f32\"") != std::string::npos));
  const std::string name = is_bf16 ? "bf16" : "f32";
  CHECK_THAT(broken.out, ContainsSubstring("precision   " + name + " (auto: "));
  CHECK_THAT(folder.report(), ContainsSubstring(name + " (auto"));
  CHECK_THAT(folder.run("mini_bert_train --check --model model --train t.txt").out,
             ContainsSubstring("precision   " + name + " (auto: "));
  CHECK_THAT(folder.run("mini_bert_train --check --model model --train t.txt --precision f32").out,
             ContainsSubstring("precision   f32\n"));
  CHECK_THAT(folder.report(),
             ContainsSubstring("Do not overlook") && ContainsSubstring("<li>The training loss ended at"));
  CHECK_THAT(read_file(folder.path() / "out/trainer_state.json"),
             ContainsSubstring("\"warnings\": [\n    \"the training loss ended at"));
  const Outcome twice = folder.run(train + "--overwrite --model other");
  CHECK(twice.exit_code == 1);
  CHECK_THAT(twice.err, ContainsSubstring("--model is given more than once ('model' and 'other')"));
}
