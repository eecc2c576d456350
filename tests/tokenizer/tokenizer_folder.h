#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "mini_bert/tokenizer/tokenizer.h"

// Tokenizers from the texts of their files.
namespace mini_bert::testing {

using Ids = std::vector<int32_t>;
using Files = std::map<std::string, std::string>;

// A directory with the given files that is gone at the end of the test.
class Directory {
 public:
  explicit Directory(const Files& files) {
    path_ = std::filesystem::temp_directory_path() / ("mini_bert_tokenizer_" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(path_);
    for (const auto& [name, text] : files) std::ofstream(path_ / name, std::ios::binary) << text;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Tokenizer load(const Files& files) {
  const Directory directory(files);
  return Tokenizer::from_directory(directory.path());
}

inline const std::string vocab = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nHello\nhéllo\n我\n";

inline const std::string json_head =
    R"({"model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[PAD]": 0, "[UNK]": 1,
  "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "hello": 5, "Hello": 6}},)";
inline const std::string normalizer =
    R"("normalizer": {"type": "BertNormalizer", "lowercase": false, "strip_accents": null})";
inline const std::string pre_tokenizer = R"("pre_tokenizer": {"type": "BertPreTokenizer"})";
inline const std::string whole_json = json_head + normalizer + "," + pre_tokenizer + R"(,
  "added_tokens": [{"id": 4, "content": "[MASK]", "special": true, "lstrip": true},
                   {"id": 7, "content": "abc", "normalized": true}],
  "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
  "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": false}})";

}  // namespace mini_bert::testing
