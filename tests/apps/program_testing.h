#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "mini_bert/base/folder.h"
#include "mini_bert/bert/checkpoint.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

// Runs the programs as a user would, on a tiny model in a temporary folder.
namespace mini_bert::testing {

namespace fs = std::filesystem;

inline std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const fs::path& path, const std::string& content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

using test::TemporaryFolder;

struct Outcome {
  int exit_code;
  std::string out, err;
};

// LLVM's OpenMP keeps a file in /dev/shm for each process. One that was killed leaves its own there, perhaps half
// written, and a later process with the same number would read it. Removes those of processes that are gone.
inline void clear_up_after_killed_programs() {
  if (!fs::exists("/dev/shm")) return;
  for (const std::string& name : names_in("/dev/shm")) {
    int process = 0;
    if (std::sscanf(name.c_str(), "__KMP_REGISTERED_LIB_%d_", &process) != 1) continue;
    if (::kill(process, 0) != 0 && errno == ESRCH) ::unlink(("/dev/shm/" + name).c_str());
  }
}

// Runs a shell command inside `folder`, with the programs on its PATH. The programs run offline (HF_HUB_OFFLINE=1), so
// a model name never causes a network request. Ctrl-C reaches them, also where the tests themselves run in the
// background of a script and were started to ignore it.
inline Outcome run(const fs::path& folder, const std::string& command) {
  const std::string full = "cd '" + folder.string() +
                           "' && export HF_HUB_OFFLINE=1 PATH='" MINI_BERT_BIN_DIR "':\"$PATH\" && { " + command +
                           "; } >stdout.txt 2>stderr.txt </dev/null";
  std::signal(SIGINT, SIG_DFL);
  const int status = std::system(full.c_str()), exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (exit_code == 128 + SIGKILL) clear_up_after_killed_programs();
  return {exit_code, read_file(folder / "stdout.txt"), read_file(folder / "stderr.txt")};
}

// The values of JSON in a text, one a line.
inline std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

// The same of what a program printed, which must have succeeded.
inline std::vector<nlohmann::json> json_lines(const Outcome& outcome) {
  INFO(outcome.out << outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return json_lines(outcome.out);
}

// Writes a model folder: 2 layers, hidden size 16, a vocabulary of 37 tokens, random weights.
inline void write_tiny_model(const fs::path& folder) {
  std::vector<std::string> tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "。", "，"};
  for (const char* character :
       {"三", "国", "人", "物", "诸", "葛", "亮", "涛", "字", "孔", "明", "子", "澜", "蜀", "相",
        "的", "是", "有", "一", "二", "大", "小", "山", "水", "天", "地", "日", "月", "风", "云"}) {
    tokens.emplace_back(character);
  }
  const Tokenizer tokenizer((Vocabulary(tokens)));
  BertConfig config;
  config.vocab_size = tokenizer.vocabulary().size();
  config.hidden_size = 16;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 2;
  config.intermediate_size = 32;
  config.max_position_embeddings = 24;
  BertForMaskedLM model(config);
  model.initialize(1);
  fs::create_directories(folder);
  save_pretrained(folder, model, tokenizer);
}

// Texts of the command line are multiplied by another kernel than rows of a file (docs/matrix_products.md), so last
// digits differ.
inline nlohmann::json without_last_digits(nlohmann::json value) {
  if (value.is_number_float()) return std::round(value.get<double>() * 1e6) / 1e6;
  if (value.is_structured()) {
    for (nlohmann::json& inner : value) inner = without_last_digits(std::move(inner));
  }
  return value;
}

// A folder that has a tiny model and runs programs.
class ProgramFolder {
 public:
  ProgramFolder() { write_tiny_model(path() / "model"); }
  const fs::path& path() const { return folder_.path(); }
  Outcome run(const std::string& command) const { return mini_bert::testing::run(path(), command); }

  // The report of a run with --output out, in English: without the attributes that hold its translations.
  std::string report() const {
    return std::regex_replace(read_file(path() / "out/report.html"), std::regex(" data-zh(-label)?=\"[^\"]*\""), "");
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace mini_bert::testing
