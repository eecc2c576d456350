#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

// Whatever a person gets wrong is answered with one line that says where, what was found and what to do; exit code 1;
// nothing is written and nothing of theirs is touched. A table of cases says what and how.
namespace mini_bert::testing {

// What a case spoils before the program runs. `folder` holds model/, train.json and two other data files.
using Spoil = void (*)(const fs::path& folder);

struct Case {
  const char* name;
  const char* command;
  std::vector<const char*> expected;  // all of them in the one line
  Spoil spoil = nullptr;
};

inline constexpr const char* train = "mini_bert_train --model model --train train.json --output out --max-steps 2 ";

// Everything in the folder but what the test itself captures.
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
  for (std::size_t at; (at = command.find("$T")) != std::string::npos;) command.replace(at, 2, train);
  const Outcome outcome = run(folder.path(), command);

  INFO(command << "\nstdout: " << outcome.out << "stderr: " << outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(std::ranges::count(outcome.err, '\n') == 1);
  CHECK(outcome.err.starts_with("mini_bert_"));
  for (const char* expected : bad.expected) CHECK_THAT(outcome.err, ContainsSubstring(expected));
  // A run that had begun leaves what it had reported; one that could not begin leaves nothing at all.
  const bool had_begun = fs::exists(folder.path() / "out/metrics.jsonl") || std::string(bad.name) == "disk full";
  if (!had_begun) CHECK(contents(folder.path()) == before);
  CHECK_FALSE(fs::exists(folder.path() / "out/model.safetensors.tmp"));
}

}  // namespace mini_bert::testing
