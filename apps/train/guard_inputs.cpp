#include "apps/train/guard_inputs.h"

#include <filesystem>

#include "mini_bert/bert/longest_sequence.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

constexpr const char* name = "guard-zh.jsonl";

fs::path default_guard() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (fs::path folder = program.parent_path(); !error; folder = folder.parent_path()) {
    for (const char* below : {"data", "share/mini_bert"}) {
      if (fs::exists(folder / below / name)) return folder / below / name;
    }
    if (folder == folder.parent_path()) break;
  }
  fail("--guard default: there is no data/{0} or share/mini_bert/{0} beside {1} or in a folder above it; name the file",
       name, error ? "the program" : program.string());
}

}  // namespace

Guard read_guard_inputs(const TrainOptions& options, const Tokenizer& tokenizer, const BertConfig& config) {
  const std::string& guard = options.masking.guard;
  if (guard.empty()) return {};
  return read_guard(guard == "default" ? default_guard() : fs::path(guard), tokenizer,
                    longest_sequence(config, tokenizer));
}

}  // namespace mini_bert
