// from_directory, vocab_text and config_text, and what bad files are answered with.
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "mini_bert/tokenizer/tokenizer.h"
#include "tests/base/json_kinds.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

using Ids = std::vector<int32_t>;
using Files = std::map<std::string, std::string>;

// A directory with the given files that is gone at the end of the test.
class Directory {
 public:
  explicit Directory(const Files& files) {
    path_ = std::filesystem::temp_directory_path() / ("tokenizer_files_test_" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(path_);
    for (const auto& [name, text] : files) std::ofstream(path_ / name, std::ios::binary) << text;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Tokenizer load(const Files& files) {
  const Directory directory(files);
  return Tokenizer::from_directory(directory.path());
}

const std::string vocab = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nHello\nhéllo\n我\n";

const std::string json_head = R"({"model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[PAD]": 0, "[UNK]": 1,
  "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "hello": 5, "Hello": 6}},)";
const std::string normalizer = R"("normalizer": {"type": "BertNormalizer", "lowercase": false, "strip_accents": null})";
const std::string pre_tokenizer = R"("pre_tokenizer": {"type": "BertPreTokenizer"})";
const std::string whole_json = json_head + normalizer + "," + pre_tokenizer + R"(,
  "added_tokens": [{"id": 4, "content": "[MASK]", "special": true, "lstrip": true},
                   {"id": 7, "content": "abc", "normalized": true}],
  "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
  "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": false}})";

}  // namespace

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

TEST_CASE("from_directory: the class decides whether tokenizer.json or tokenizer_config.json counts", "[tokenizer]") {
  // tokenizer.json keeps capitals. The general class believes it, BERT's classes do not.
  const auto hello = [](const std::string& config, const std::string& model_config) {
    Files files = {{"tokenizer.json", whole_json}};
    if (!config.empty()) files["tokenizer_config.json"] = config;
    if (!model_config.empty()) files["config.json"] = model_config;
    return load(files).encode("Hello").ids;
  };
  const Ids lower{2, 5, 3}, as_it_is{2, 6, 3};
  const std::string bert = R"({"model_type": "bert"})";
  CHECK(hello("", "") == as_it_is);
  CHECK(hello("{}", "") == as_it_is);
  CHECK(hello(R"({"do_lower_case": true})", "") == as_it_is);
  CHECK(hello("", bert) == lower);
  CHECK(hello("{}", bert) == lower);
  CHECK(hello(R"({"do_lower_case": false})", bert) == as_it_is);
  CHECK(hello("{}", R"({"tokenizer_class": "PreTrainedTokenizerFast"})") == as_it_is);
  for (const std::string name : {"Bert", "DistilBert", "Electra", "LayoutLM", "MobileBert", "SqueezeBert"}) {
    for (const std::string ending : {"", "Fast"}) {
      CHECK(hello("{\"tokenizer_class\": \"" + name + "Tokenizer" + ending + "\"}", "") == lower);
    }
  }
  for (const std::string name : {"PreTrainedTokenizer", "PreTrainedTokenizerFast", "TokenizersBackend"}) {
    CHECK(hello("{\"tokenizer_class\": \"" + name + "\", \"do_lower_case\": true}", bert) == as_it_is);
  }
  for (const std::string name : {"BertJapaneseTokenizer", "ConvBertTokenizer", "RobertaTokenizer",
                                 "AlbertTokenizerFast", "MyTokenizer", "Fast", ""}) {
    INFO(name);
    CHECK_THROWS_WITH(hello("{\"tokenizer_class\": \"" + name + "\"}", bert),
                      ContainsSubstring("tokenizer_config.json: tokenizer_class is \"" + name + "\": mini_bert has"));
    CHECK_THROWS_WITH(hello("{}", "{\"tokenizer_class\": \"" + name + "\"}"),
                      ContainsSubstring("config.json: tokenizer"));
  }
}

// Case, accents and Chinese characters, said by both files, with the ids that transformers 5.23 gives.
// tests/parity/tokenizer_settings.py compares all combinations live.
TEST_CASE("from_directory: case and accents said twice", "[tokenizer]") {
  const std::string head = R"({"model": {"type": "WordPiece", "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3,
    "[MASK]": 4, "e": 5, "é": 6, "E": 7, "É": 8, "中": 9, "中国": 10, "国": 11}}, "post_processor": {"type":
    "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}, "pre_tokenizer": {"type": "BertPreTokenizer"},
    "normalizer": {"type": "BertNormalizer", "lowercase": )";
  const std::string text = "É 中国";
  struct Case {
    bool lowercase;  // of tokenizer.json
    std::string strip, lower,
        accents;            // strip_accents of tokenizer.json; do_lower_case and strip_accents of the config
    int32_t bert, general;  // the token of É
  };
  const std::vector<Case> cases = {{true, "null", "", "", 5, 5},          {true, "true", "", "", 5, 5},
                                   {true, "false", "", "", 5, 6},         {false, "null", "", "", 5, 8},
                                   {false, "true", "", "", 5, 7},         {false, "false", "", "", 5, 8},
                                   {true, "null", "false", "", 8, 5},     {false, "null", "true", "", 5, 8},
                                   {true, "null", "false", "true", 7, 5}, {false, "null", "true", "false", 6, 8},
                                   {true, "true", "true", "false", 6, 5}, {true, "false", "", "true", 5, 6},
                                   {true, "false", "", "null", 5, 6},     {false, "true", "false", "false", 8, 7}};
  for (const Case& c : cases) {
    const std::string json = head + (c.lowercase ? "true" : "false") + ", \"strip_accents\": " + c.strip + "}}";
    std::string config = "{";
    if (!c.lower.empty()) config += "\"do_lower_case\": " + c.lower + ", ";
    if (!c.accents.empty()) config += "\"strip_accents\": " + c.accents + ", ";
    INFO(json.substr(head.size()) << " " << config);
    const auto ids = [&](const char* name) {
      const std::string with_class = config + "\"tokenizer_class\": \"" + name + "\"}";
      return load({{"tokenizer.json", json}, {"tokenizer_config.json", with_class}}).encode(text).ids;
    };
    CHECK((ids("BertTokenizer") == Ids{2, c.bert, 9, 11, 3}));
    CHECK((ids("PreTrainedTokenizerFast") == Ids{2, c.general, 9, 11, 3}));
  }
}

TEST_CASE("from_directory: tokens that only one of the files has", "[tokenizer]") {
  const auto ids = [](Files files, const std::string& text) {
    files["tokenizer.json"] = whole_json;  // adds abc as token 7
    return load(files).encode(text).ids;
  };
  const std::string text = "abc<x><y>";
  for (const std::string name : {"BertTokenizer", "PreTrainedTokenizerFast"}) {
    INFO(name);
    const std::string begin = "{\"tokenizer_class\": \"" + name + "\"";
    const Files plain = {{"tokenizer_config.json", begin + "}"}};
    CHECK((ids(plain, "abc") == Ids{2, 7, 3}));
    Files files = plain;
    files["added_tokens.json"] = R"({"<x>": 8})";
    CHECK((ids(files, "abc<x>") == Ids{2, 7, 8, 3}));
    files["special_tokens_map.json"] = R"({"additional_special_tokens": ["<x>", "<y>"]})";
    CHECK((ids(files, text) == Ids{2, 7, 8, 9, 3}));
    files = plain;
    files["tokenizer_config.json"] =
        begin + R"(, "extra_special_tokens": {"image_token": "<x>"}, "other_token": "<y>"})";
    CHECK((ids(files, "abc<y>") == Ids{2, 7, 8, 3}));
    // added_tokens_decoder: the other files count for nothing, and for BERT's classes neither does tokenizer.json.
    files["tokenizer_config.json"] =
        begin + R"(, "added_tokens_decoder": {"4": {"content": "[MASK]", "special": true}}})";
    files["special_tokens_map.json"] = R"({"additional_special_tokens": ["<x>"]})";
    files["added_tokens.json"] = R"({"<y>": 8})";
    const Ids unknown{2, 1, 3};
    CHECK((ids(files, "abc") == (name == "BertTokenizer" ? unknown : Ids{2, 7, 3})));
    CHECK(ids(files, "<x>").size() == 5);  // "<", "x", ">"
  }
}

TEST_CASE("from_directory: a tokenizer without [CLS] and [SEP] around a text", "[tokenizer]") {
  const std::string parts = json_head + normalizer + "," + pre_tokenizer;
  const std::string bare = R"(, "post_processor": {"type": "TemplateProcessing",
      "single": [{"Sequence": {"id": "A", "type_id": 0}}],
      "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]})";
  for (const std::string& processor : {std::string(), std::string(R"(, "post_processor": null)"), bare}) {
    const Tokenizer general = load({{"tokenizer.json", parts + processor + "}"}});
    CHECK((general.encode("hello").ids == Ids{5}));
    CHECK((general.encode_pair("hello", "Hello").ids == Ids{5, 6}));
    CHECK((general.encode_pair("hello", "Hello").type_ids == Ids{0, 1}));
    const Tokenizer bert = load({{"tokenizer.json", parts + processor + "}"}, {"config.json", "{}"}});
    CHECK((bert.encode("hello").ids == Ids{2, 5, 3}));
    // What is written is read back.
    REQUIRE(general.json_text().has_value());
    CHECK_FALSE(bert.json_text().has_value());
    const Tokenizer copy =
        load({{"tokenizer.json", *general.json_text()}, {"tokenizer_config.json", general.config_text()}});
    CHECK((copy.encode("hello Hello").ids == Ids{5, 6}));
    CHECK(copy.json_text() == general.json_text());
    CHECK(copy.config_text() == general.config_text());
  }
}

TEST_CASE("from_directory: the side that is cut, lengths and special tokens in a text", "[tokenizer]") {
  const EncodeOptions cut{.truncation = Truncation::longest_first, .max_length = 4};
  const auto with_config = [](const std::string& config) {
    return load({{"vocab.txt", vocab}, {"tokenizer_config.json", config}});
  };
  CHECK((with_config("{}").encode("hello 我 我", cut).ids == Ids{2, 5, 8, 3}));
  CHECK((with_config(R"({"truncation_side": "left"})").encode("hello 我 我", cut).ids == Ids{2, 8, 8, 3}));
  CHECK_THROWS_WITH(with_config(R"({"truncation_side": "up"})"), ContainsSubstring("truncation_side is \"up\""));
  const std::string json = whole_json.substr(0, whole_json.size() - 1) + R"(, "truncation": {"direction": "Left"}})";
  CHECK(load({{"tokenizer.json", json}}).options().truncation_side == Side::left);
  CHECK(load({{"tokenizer.json", json}, {"tokenizer_config.json", R"({"truncation_side": "right"})"}})
            .options()
            .truncation_side == Side::right);
  CHECK(with_config("{}").options().model_max_length == TokenizerOptions::no_limit);
  CHECK(with_config(R"({"max_len": 128})").options().model_max_length == 128);
  CHECK(with_config(R"({"max_len": 128, "model_max_length": 64})").options().model_max_length == 64);
  CHECK((with_config(R"({"split_special_tokens": true})").encode("[MASK]").ids == Ids{2, 1, 1, 1, 3}));
  const Tokenizer left = with_config(R"({"truncation_side": "left", "split_special_tokens": true})");
  const Tokenizer copy = load({{"vocab.txt", left.vocab_text()}, {"tokenizer_config.json", left.config_text(128)}});
  CHECK(copy.options().truncation_side == Side::left);
  CHECK(copy.options().split_special_tokens);
  CHECK(copy.options().model_max_length == 128);
}

TEST_CASE("from_directory: whether a model is told the types of tokens", "[tokenizer]") {
  const auto uses = [](const std::string& name, const std::string& inputs) {
    const std::string config =
        "{\"tokenizer_class\": \"" + name + "\"" + (inputs.empty() ? "" : ", \"model_input_names\": " + inputs) + "}";
    const Tokenizer tokenizer = load({{"tokenizer.json", whole_json}, {"tokenizer_config.json", config}});
    // What is written is read back.
    Files written = {{"tokenizer_config.json", tokenizer.config_text()}};
    const auto json = tokenizer.json_text();
    written[json ? "tokenizer.json" : "vocab.txt"] = json ? *json : tokenizer.vocab_text();
    CHECK(load(written).options().uses_type_ids == tokenizer.options().uses_type_ids);
    return tokenizer.options().uses_type_ids;
  };
  CHECK(uses("BertTokenizer", ""));
  CHECK_FALSE(uses("DistilBertTokenizer", ""));
  CHECK_FALSE(uses("PreTrainedTokenizerFast", ""));
  for (const std::string name : {"BertTokenizer", "DistilBertTokenizerFast", "PreTrainedTokenizerFast"}) {
    CHECK(uses(name, R"(["input_ids", "token_type_ids", "attention_mask"])"));
    CHECK_FALSE(uses(name, R"(["input_ids", "attention_mask"])"));
  }
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
                   {"SpecialToken": {"id": "[SEP]", "type_id": 1}}]})");
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
