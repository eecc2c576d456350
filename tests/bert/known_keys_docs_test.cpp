// The tables of keys in the code, in docs/compatibility.md, and what the readers of the files do with each key.
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/config_keys.h"
#include "mini_bert/bert/predict/sentence_keys.h"
#include "mini_bert/tokenizer/tokenizer_keys.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;

namespace {

const KnownKeys* const tables[] = {
    &config_keys, &tokenizer_config_keys, &special_tokens_map_keys, &modules_keys, &sentence_config_keys,
    &sentence_encoder_keys, &sentence_pooling_keys, &sentence_normalize_keys,
    // tokenizer.json, and the objects in it
    &tokenizer_json_keys, &json_model_keys, &json_normalizer_keys, &json_pre_tokenizer_keys, &json_bert_processing_keys,
    &json_template_processing_keys, &json_template_token_keys, &json_decoder_keys, &json_truncation_keys,
    &json_padding_keys, &added_token_keys};

// The rows of a file's table in the documentation.
std::string documented(const KnownKeys& known) {
  std::string rows = fmt::format("| `{}` | |\n|---|---|\n", known.file);
  for (const auto& [use, word] : {std::pair(KeyUse::obeyed, "obeyed"), std::pair(KeyUse::harmless, "harmless"),
                                  std::pair(KeyUse::refused, "refused, unless")}) {
    std::vector<std::string> names;
    for (const KnownKey& key : known.keys) {
      if (key.use != use) continue;
      names.push_back(key.supported.empty() ? fmt::format("`{}`", key.name)
                                            : fmt::format("`{}: {}`", key.name, key.supported));
    }
    if (!names.empty()) rows += fmt::format("| {} | {} |\n", word, fmt::join(names, ", "));
  }
  return rows;
}

}  // namespace

TEST_CASE("known keys: docs/compatibility.md has every table as it is") {
  const std::string page = read_text_file(std::filesystem::path(MINI_BERT_SOURCE_DIR) / "docs" / "compatibility.md");
  for (const KnownKeys* const known : tables) {
    INFO(known->file);
    CHECK_THAT(page, ContainsSubstring(documented(*known)));
  }
}

TEST_CASE("known keys: no table has a key twice, and each supported value is JSON") {
  for (const KnownKeys* const known : tables) {
    std::set<std::string_view> names;
    for (const KnownKey& key : known->keys) {
      INFO(known->file << " " << key.name);
      CHECK(names.insert(key.name).second);
      if (!key.supported.empty()) CHECK(nlohmann::json::accept(key.supported));
    }
  }
}

TEST_CASE("known keys: config.json: each key is obeyed, changes nothing, or is refused") {
  const nlohmann::json base = {{"vocab_size", 100},        {"hidden_size", 32},       {"num_hidden_layers", 2},
                               {"num_attention_heads", 4}, {"intermediate_size", 64}, {"max_position_embeddings", 40}};
  const auto facts = [](const nlohmann::json& object) {
    BertConfig config = BertConfig::from_json(object.dump(), "config.json");
    CHECK(config.unknown_keys.empty());
    config.other_keys = "{}";
    return config.to_json();
  };
  const std::string plain = facts(base);
  for (const KnownKey& key : config_keys.keys) {
    INFO(key.name);
    nlohmann::json object = base;
    object[std::string(key.name)] = nlohmann::json::array({17});
    if (key.use == KeyUse::harmless) {
      CHECK(facts(object) == plain);
    } else if (key.name != "tokenizer_class") {  // the tokenizer reads that one
      CHECK_THROWS_WITH(facts(object), ContainsSubstring(std::string(key.name)));
    }
  }
  nlohmann::json object = base;
  object["colour"] = "red";
  CHECK(BertConfig::from_json(object.dump(), "config.json").unknown_keys ==
        std::vector<std::string>{"config.json: colour"});
}
