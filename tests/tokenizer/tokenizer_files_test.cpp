// from_directory, vocab_text and config_text, and what bad files are answered with.
#include "tests/base/json_kinds.h"
#include "tests/catch.h"
#include "tests/tokenizer/tokenizer_folder.h"

using namespace mini_bert;
using namespace mini_bert::testing;

TEST_CASE("from_directory: vocab.txt and its companions", "[tokenizer]") {
  CHECK((load({{"vocab.txt", vocab}}).encode("Héllo").ids == Ids{2, 5, 3}));
  CHECK((load({{"vocab.txt", vocab}, {"tokenizer_config.json", R"({"do_lower_case": false})"}}).encode("Hello").ids ==
         Ids{2, 6, 3}));
  CHECK((load({{"vocab.txt", vocab}, {"tokenizer_config.json", R"({"strip_accents": false})"}}).encode("Héllo").ids ==
         Ids{2, 7, 3}));
  const Tokenizer tokenizer =
      load({{"vocab.txt", vocab},
            {"tokenizer_config.json", R"({"model_max_length": 1000000000000000019884624838656})"},
            {"special_tokens_map.json", R"({"mask_token": {"content": "[MASK]", "lstrip": true},
                                                                    "additional_special_tokens": ["<x>"]})"},
            {"added_tokens.json", R"({"new": 10, "word": 9})"}});
  CHECK(tokenizer.options().model_max_length == 2147483647);
  CHECK((tokenizer.encode("word new<x>[MASK]").ids == Ids{2, 9, 10, 11, 4, 3}));
  CHECK(tokenizer.is_special(11));
  CHECK_FALSE(tokenizer.is_special(10));
}

TEST_CASE("from_directory: tokenizer.json", "[tokenizer]") {
  const Tokenizer tokenizer = load({{"tokenizer.json", whole_json}, {"vocab.txt", "not looked at"}});
  CHECK((tokenizer.encode("Hello [MASK] abc").ids == Ids{2, 6, 4, 7, 3}));
  CHECK((tokenizer.encode("e [MASK]").offsets[2] == TextRange{1, 8}));
  CHECK_FALSE(tokenizer.options().decode_cleanup);
}

TEST_CASE("from_directory: keys that nobody knows are named, and what is not supported is refused", "[tokenizer]") {
  const Tokenizer tokenizer = load({{"vocab.txt", vocab},
                                    {"tokenizer_config.json", R"({"colour": 1, "padding_side": "left"})"},
                                    {"special_tokens_map.json", R"({"size": 2, "x_token": "hello"})"}});
  CHECK(tokenizer.options().unknown_keys ==
        std::vector<std::string>{"tokenizer_config.json: colour", "special_tokens_map.json: size"});
  CHECK_THROWS_WITH(load({{"vocab.txt", vocab}, {"tokenizer_config.json", R"({"init_inputs": [1]})"}}),
                    ContainsSubstring("tokenizer_config.json: init_inputs is [1], which"));
}

TEST_CASE("from_directory: what is written is read back", "[tokenizer]") {
  const Tokenizer tokenizer(Vocabulary::parse(vocab), {.do_lower_case = false,
                                                       .strip_accents = true,
                                                       .whole_cjk_extension_e = true,
                                                       .model_max_length = 128,
                                                       .decode_cleanup = false,
                                                       .added_tokens = {{.content = "诸葛涛", .single_word = true}}});
  const Tokenizer copy =
      load({{"vocab.txt", tokenizer.vocab_text()}, {"tokenizer_config.json", tokenizer.config_text()}});
  CHECK(tokenizer.vocab_text() == vocab);
  CHECK(copy.vocab_text() == vocab);
  CHECK(copy.config_text() == tokenizer.config_text());
  CHECK(copy.vocabulary().find("诸葛涛") == 9);
  CHECK(copy.options().model_max_length == 128);
  CHECK(copy.options().strip_accents == true);
  CHECK((copy.encode("Hello 诸葛涛!").ids == tokenizer.encode("Hello 诸葛涛!").ids));
}

TEST_CASE("from_directory: bad files get one line that names file and field", "[tokenizer]") {
  struct Case {
    Files files;
    std::string message;
  };
  const auto with_config = [](const std::string& text) {
    return Files{{"vocab.txt", vocab}, {"tokenizer_config.json", text}};
  };
  const auto as_json = [](const std::string& text) { return Files{{"tokenizer.json", text}}; };
  const std::vector<Case> cases = {
      {{}, "has neither tokenizer.json nor vocab.txt"},
      {{{"vocab.txt", ""}}, "vocab.txt: is empty"},
      {{{"vocab.txt", "[PAD]\n\xFF\n"}}, "vocab.txt: line 2 is not UTF-8"},
      {{{"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"}}, "no mask_token '[MASK]'"},
      {with_config("{"), "tokenizer_config.json: not JSON, line 1 column 2"},
      {with_config("[]"), "tokenizer_config.json is an array, expected an object"},
      {with_config(R"({"do_lower_case": "yes"})"), "do_lower_case is \"yes\", expected true or false"},
      {with_config(R"({"model_max_length": -1})"), "model_max_length is -1"},
      {with_config(R"({"unk_token": 7})"), "unk_token is 7, expected a text or an object"},
      {with_config(R"({"added_tokens_decoder": {"x": {"content": "a"}}})"), "expected a token id as the name"},
      {with_config(R"({"added_tokens_decoder": {"77": {"content": "a"}}})"), "wants id 77; expected 9"},
      {with_config(R"({"added_tokens_decoder": {"9": {"content": ""}}})"), "at least one character"},
      {with_config(R"({"additional_special_tokens": "a"})"), "additional_special_tokens is \"a\", expected an array"},
      {with_config(std::string(100000, '[')), "nested deeper than 32 levels"},
      {as_json("{}"), "tokenizer.json: model is missing; correct the file"},
      {as_json(R"({"model": {"type": "BPE"}})"), "type is \"BPE\", expected \"WordPiece\""},
      {as_json(R"({"model": {"type": "WordPiece", "vocab": {"a": -1}}})"), "vocab: a is -1"},
      {as_json(R"({"model": {"type": "WordPiece", "vocab": {"a": 1, "b": 1}}})"), "an id that no other token has"},
      {as_json(R"({"model": {"type": "WordPiece", "vocab": {"a": 4000000000}}})"), "vocab: a is 4000000000"},
      {as_json(json_head + R"("normalizer": {"type": "NFKC"}})"), "normalizer: type is \"NFKC\""},
      {as_json(json_head + normalizer + R"(, "pre_tokenizer": {"type": "ByteLevel"}})"), "pre_tokenizer: type"},
      {as_json(json_head + normalizer + "," + pre_tokenizer + R"(, "post_processor": {"type": "ByteLevel"}})"),
       "post_processor: type is \"ByteLevel\""},
      {as_json(json_head + normalizer + "," + pre_tokenizer + R"(, "post_processor": {"type": "TemplateProcessing",
          "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": []}})"),
       "pair is an array, expected A with type 0, then B with type 1"},
      {as_json(json_head + normalizer + "," + pre_tokenizer + R"(, "decoder": {"type": "Metaspace"}})"),
       "decoder: type"},
      {as_json(json_head + normalizer + "," + pre_tokenizer + R"(, "added_tokens": [{"id": 9}]})"),
       "content is missing"},
  };
  for (const Case& c : cases) {
    INFO("expected: " << c.message);
    std::string message = "no error";
    try {
      load(c.files);
    } catch (const Error& error) {
      message = error.what();
    }
    CHECK_THAT(message, ContainsSubstring(c.message));
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("from_directory: any kind of value in any field is read or refused with an Error", "[tokenizer]") {
  const nlohmann::json model = nlohmann::json::parse(whole_json);
  CHECK(test::read_with_every_kind(model, [](const std::string& text) { load({{"tokenizer.json", text}}); }) > 500);
  nlohmann::json with_template = model;
  with_template["post_processor"] = nlohmann::json::parse(
      R"({"type": "TemplateProcessing",
          "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
          "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                   {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
                   {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
          "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                             "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}})");
  CHECK_NOTHROW(load({{"tokenizer.json", with_template.dump()}}));
  test::read_with_every_kind(with_template, [](const std::string& text) { load({{"tokenizer.json", text}}); });

  const nlohmann::json config = nlohmann::json::parse(R"({"do_lower_case": true, "strip_accents": null,
      "tokenize_chinese_chars": true, "whole_cjk_extension_e": false, "decode_cleanup": true, "model_max_length": 512,
      "unk_token": "[UNK]", "mask_token": {"content": "[MASK]", "lstrip": true, "rstrip": false, "normalized": false,
      "single_word": false, "special": true, "id": 4}, "additional_special_tokens": ["[X]", {"content": "[Y]"}],
      "added_tokens_decoder": {"9": {"content": "[X]", "special": true}, "10": {"content": "[Y]"}}})");
  const auto with_config = [](const std::string& text) {
    load({{"vocab.txt", vocab}, {"tokenizer_config.json", text}});
  };
  CHECK_NOTHROW(with_config(config.dump()));
  CHECK(test::read_with_every_kind(config, with_config) > 200);
  const nlohmann::json added = {{"[X]", 9}, {"[Y]", 10}};
  test::read_with_every_kind(added, [](const std::string& text) {
    load({{"vocab.txt", vocab}, {"added_tokens.json", text}, {"special_tokens_map.json", text}});
  });
}

TEST_CASE("from_directory: 1e30 means no limit, and nothing else may be that large", "[tokenizer]") {
  const auto limit = [](const std::string& value) {
    return load({{"vocab.txt", vocab}, {"tokenizer_config.json", "{\"model_max_length\": " + value + "}"}})
        .options()
        .model_max_length;
  };
  CHECK(limit("1000000000000000019884624838656") == 2147483647);
  CHECK(limit("1e30") == 2147483647);
  CHECK(limit("512") == 512);
  CHECK_THROWS_AS(limit("1e400"), Error);
  CHECK_THROWS_AS(load({{"vocab.txt", vocab}, {"added_tokens.json", R"({"[X]": 1e30})"}}), Error);
}

TEST_CASE("from_directory: damaged files never crash", "[tokenizer]") {
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    std::string json = whole_json;
    for (size_t i = 1 + random() % 3; i > 0; --i) json[random() % json.size()] = static_cast<char>(random());
    if (random() % 4 == 0) json.resize(random() % json.size());
    try {
      load({{"tokenizer.json", json}}).encode("Hello 我");
    } catch (const Error&) {
    }
  }
}
