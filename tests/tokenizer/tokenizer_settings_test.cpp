// Settings that stand in several files, and which of them counts.
#include "tests/catch.h"
#include "tests/tokenizer/tokenizer_folder.h"

using namespace mini_bert;
using namespace mini_bert::testing;

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

TEST_CASE("from_directory: without a class, config.json's model_type must be one with BERT's tokenizer",
          "[tokenizer]") {
  const auto files = [](const std::string& type, const std::string& config) {
    return Files{
        {"vocab.txt", vocab}, {"config.json", R"({"model_type": ")" + type + "\"}"}, {"tokenizer_config.json", config}};
  };
  for (const std::string type : {"bert", "distilbert", "electra", "mobilebert", "ernie"}) {
    CHECK((load(files(type, "{}")).encode("Hello").ids == Ids{2, 5, 3}));
  }
  for (const std::string type : {"roberta", "mpnet", "bert-japanese", "roformer", ""}) {
    CHECK_THROWS_WITH(load(files(type, "{}")),
                      ContainsSubstring("config.json: model_type is \"" + type + "\", whose tokenizer"));
    CHECK((load(files(type, R"({"tokenizer_class": "BertTokenizer"})")).encode("Hello").ids == Ids{2, 5, 3}));
  }
  CHECK((load({{"vocab.txt", vocab}, {"config.json", "{}"}}).encode("Hello").ids == Ids{2, 5, 3}));
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
