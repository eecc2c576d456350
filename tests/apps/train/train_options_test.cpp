#include "apps/train/train_options.h"

#include <nlohmann/json.hpp>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using testing::TemporaryFolder;

namespace train_options_test {

// What the flags set, before anything is checked or completed.
TrainOptions values_of(const std::vector<std::string>& flags) {
  CommandLine line("mini_bert_train", "");
  TrainOptions options;
  declare_flags(line, options);
  line.parse(flags);
  options.given = line.given();
  options.changed = line.changed();
  options.effective = line.effective();
  return options;
}

std::string message_of(const std::vector<std::string>& flags) {
  try {
    values_of(flags);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

// Every flag of mini_bert_train, without dashes.
std::vector<std::string> all_flags() {
  CommandLine line("mini_bert_train", "");
  TrainOptions options;
  declare_flags(line, options);
  std::vector<std::string> names;
  for (const auto& [name, value] : line.effective()) names.push_back(name);
  return names;
}

// Texts that a parser of flags or of JSON may take for something else, and numbers. A flag refuses those that it cannot
// take.
std::vector<std::string> values_for(const std::string& flag) {
  std::vector<std::string> values = {"[MASK]", "[a, b]",   " [MASK]", "[MASK] or [MASK]",
                                     "{}",     "[]",       "",        "a b",
                                     "null",   "None",     "True",    "no",
                                     "--x",    "-",        "\"q\"",   "'",
                                     "\\n",    "a\nb",     "%%",      "a=b",
                                     "@x",     "三[MASK]", "1",       "7",
                                     "-1",     "0.25",     "1e-05",   "1000000"};
  values.emplace_back("{\"num_cycles\": 3}");
  const std::string error = message_of({"--" + flag + "=no such value"});
  const std::string one_of = "expected one of ";
  const std::size_t at = error.find(one_of);
  if (at == std::string::npos) return values;
  std::istringstream choices(error.substr(at + one_of.size()));
  for (std::string choice; std::getline(choices, choice, '|');) values.push_back(choice.substr(0, choice.find(';')));
  return values;
}

// What arguments.json makes of flags, and the flags that --resume reads from it.
std::vector<std::string> after_file(const TrainOptions& options) {
  const TemporaryFolder folder;
  folder.put("arguments.json", arguments_json(options.given));
  return flags_from_json(folder / "arguments.json");
}

void check_round_trip(const std::vector<std::string>& typed) {
  CAPTURE(typed);
  const TrainOptions options = values_of(typed);
  const std::vector<std::string> flags = after_file(options);
  CAPTURE(flags);
  CHECK((values_of(flags) == options));
  // A resumed run reads the file and may have flags typed again.
  std::vector<std::string> twice = flags;
  twice.insert(twice.end(), typed.begin(), typed.end());
  const TrainOptions again = values_of(after_file(values_of(twice)));
  CHECK((again.training == options.training));
  CHECK(again.pack == options.pack);
  CHECK(again.train_files.size() == 2 * options.train_files.size());
}

bool is_of_one_start(const std::string& flag) {
  return nlohmann::json::parse(arguments_json({{flag, {"x"}}})).empty();
}

// Whether a flag takes this argument, which has its name and perhaps a value.
bool is_taken(const std::string& argument) {
  return message_of({argument}).empty();
}

TEST_CASE("flags: each one, with every value that it takes, is the same after arguments.json", "[apps][flags]") {
  std::vector<std::string> left_out, toggles;
  std::vector<std::vector<std::string>> lines;  // line i has each flag with the i-th value that it takes
  for (const std::string& name : all_flags()) {
    if (is_of_one_start(name)) {
      left_out.push_back(name);
      continue;
    }
    const std::string flag = "--" + name;
    if (is_taken(flag)) {
      toggles.push_back(flag);
      continue;
    }
    std::size_t taken = 0;
    for (const std::string& value : values_for(name)) {
      if (!is_taken(flag + "=" + value)) continue;
      if (taken == lines.size()) lines.emplace_back();
      lines[taken++].push_back(flag + "=" + value);
    }
    INFO(flag);
    CHECK(taken > 0);
  }
  CHECK(toggles.size() > 8);
  CHECK(lines.size() > 25);
  for (const std::vector<std::string>& line : lines) check_round_trip(line);
  for (const std::string& toggle : toggles) {
    for (const char* value : {"", "=true", "=false"}) check_round_trip({toggle + value});
  }
  for (const char* flag : {"--probe=", "--train=", "--validation=", "--mask-words="}) {  // lists
    check_round_trip({std::string(flag) + "[MASK]", std::string(flag) + "a, b", std::string(flag)});
  }
  CHECK((left_out == std::vector<std::string>{"overwrite", "resume", "resume-from-checkpoint",
                                              "allow-other-instruction-set", "arguments"}));
}

TEST_CASE("flags: a value means the same after '=' and as the next argument", "[apps][flags]") {
  for (const char* flag : {"--probe", "--output", "--learning-rate", "--task", "--train", "--save-steps", "-o"}) {
    for (const std::string& value : values_for("probe")) {
      const bool is_short = std::string_view(flag) == "-o";
      const std::string joined = flag + (is_short ? value : "=" + value);
      if (value.empty() || value.starts_with('-') || !is_taken(joined)) continue;
      CAPTURE(joined);
      CHECK((values_of({joined}) == values_of({flag, value})));
    }
  }
}

TEST_CASE("flags: those that say the opposite", "[apps][flags]") {
  CHECK_FALSE(values_of({"--adam-no-bias-correction"}).training.adamw.correct_bias);
  CHECK(values_of({"--adam-no-bias-correction=false"}).training.adamw.correct_bias);
  CHECK_FALSE(values_of({"--line-by-line"}).pack);
  CHECK(values_of({"--line-by-line=false"}).pack);
  CHECK(arguments_json(values_of({"--adam-no-bias-correction"}).given) ==
        "{\n  \"adam-no-bias-correction\": \"true\"\n}\n");
  CHECK(values_of({"--line-by-line"}).changed == std::vector<std::string>{"line-by-line"});
}

TEST_CASE("flags: a value with a short flag keeps its underscores", "[apps][flags]") {
  CHECK(values_of({"-omy_run"}).output == "my_run");
  CHECK(values_of({"-o", "my_run"}).output == "my_run");
}

}  // namespace train_options_test
