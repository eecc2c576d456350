#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

// Checks that a program answers bad input with exit code 1 and one line on stderr, which says where the fault is, what
// was found and what to do. The program writes nothing and changes none of the user's files. Each case of a table gives
// an input and the expected line.
namespace mini_bert::testing {

// Damages the input of a case before the program runs. `folder` holds model/ and train.json.
using Spoil = void (*)(const fs::path& folder);

struct Case {
  const char* name;
  const char* command;
  std::vector<const char*> expected;  // texts that the line must contain
  Spoil spoil = nullptr;
};

// $T in the command of a case: a run that would begin, without the flags that the case gives itself.
inline std::string train_command(const std::string& rest) {
  std::string command = "mini_bert_train ";
  for (const char* flag : {"--model model ", "--train train.json ", "--output out "}) {
    const std::string name = std::string(flag).substr(0, std::string(flag).find(' ') + 1);
    if (rest.find(name) == std::string::npos) command += flag;
  }
  return command + "--max-steps 2 ";
}

// Everything in the folder except the files that the test itself captures.
inline std::vector<std::string> contents(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = fs::relative(entry.path(), folder).string();
    if (name == "stdout.txt" || name == "stderr.txt") continue;
    found.push_back(name + (entry.is_regular_file() ? ": " + read_file(entry.path()) : ""));
  }
  std::ranges::sort(found);
  return found;
}

inline void check_bad_input(const Case& bad) {
  INFO(bad.name);
  const TemporaryFolder folder;
  write_tiny_model(folder.path() / "model");
  write_file(folder.path() / "train.json", "[\"三国人物诸葛涛\", \"诸葛亮字孔明\", \"天地日月\"]\n");
  if (bad.spoil != nullptr) bad.spoil(folder.path());
  const std::vector<std::string> before = contents(folder.path());

  std::string command = bad.command;
  for (std::size_t at; (at = command.find("$T")) != std::string::npos;)
    command.replace(at, 2, train_command(bad.command));
  const Outcome outcome = run(folder.path(), command);

  INFO(command << "\nstdout: " << outcome.out << "stderr: " << outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(std::ranges::count(outcome.err, '\n') == 1);
  CHECK(outcome.err.starts_with("mini_bert_"));
  for (const char* expected : bad.expected) CHECK_THAT(outcome.err, ContainsSubstring(expected));
  // A run that fails after it began leaves its reports. A run that could not begin leaves no files.
  const bool had_begun = fs::exists(folder.path() / "out/metrics.jsonl") || std::string(bad.name) == "disk full";
  if (!had_begun) CHECK(contents(folder.path()) == before);
  CHECK_FALSE(fs::exists(folder.path() / "out/model.safetensors.tmp"));
}

}  // namespace mini_bert::testing
