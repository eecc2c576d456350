// Walks the tables of keys of a tokenizer's and of sentence-transformers' files: a value of each obeyed key changes
// what is read or is an Error that names the key, a harmless key changes nothing, a refused one is an Error.
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "mini_bert/bert/predict/sentence_folder.h"
#include "mini_bert/bert/predict/sentence_keys.h"
#include "mini_bert/tokenizer/tokenizer_keys.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"
#include "tests/tokenizer/tokenizer_folder.h"

using namespace mini_bert;
using nlohmann::json;

namespace {

// Reads a model's files, one of them as given, and returns all that they decide as text.
using Read = std::function<std::string(const json& file)>;
// For each obeyed key a value that changes what is read. "mask_token" stands for "*_token".
using Samples = std::map<std::string, json>;

// What is read, or the error.
std::string outcome(const Read& read, const json& file) {
  try {
    return read(file);
  } catch (const Error& error) {
    return error.what();
  }
}

void walk(const KnownKeys& known, const json& base, const Samples& samples, const Read& read) {
  const std::string plain = read(base);
  const auto with = [&](const std::string& key, const json& value) {
    json file = base;
    file[key] = value;
    return file;
  };
  const json wrong = json::array({17});
  for (const KnownKey& key : known.keys) {
    const std::string name =
        key.name.starts_with('*') ? "mask" + std::string(key.name.substr(1)) : std::string(key.name);
    INFO(known.file << " " << name);
    if (key.use == KeyUse::obeyed) {
      CHECK_THROWS_WITH(read(with(name, wrong)), ContainsSubstring(name));
      REQUIRE(samples.contains(name));
      CHECK(outcome(read, with(name, samples.at(name))) != plain);
    } else if (key.use == KeyUse::harmless) {
      for (const json& value : {wrong, json(true), json("colour"), json(3), json::object({{"a", 1}})}) {
        if (name.ends_with("_token") && value.is_string()) continue;  // add_bos_token; a text there is a token
        CHECK(outcome(read, with(name, value)) == plain);
      }
    } else {
      CHECK_THROWS_WITH(read(with(name, wrong)), ContainsSubstring(name));
      CHECK(outcome(read, with(name, nullptr)) == plain);
      if (!key.supported.empty()) CHECK(outcome(read, with(name, json::parse(key.supported))) == plain);
    }
  }
}

// What a tokenizer's files decide. Only programs of this project read whole_cjk_extension_e.
std::string facts(const Tokenizer& tokenizer) {
  CHECK(tokenizer.options().unknown_keys.empty());
  std::string facts = tokenizer.vocab_text() + tokenizer.config_text() + tokenizer.json_text().value_or("");
  facts += std::to_string(static_cast<int>(tokenizer.options().truncation_side));
  for (const std::int32_t id : tokenizer.encode("Hello héllo 我[MASK]").ids) facts += " " + std::to_string(id);
  return facts + tokenizer.decode(tokenizer.encode("hello hell o o !").ids);
}

Tokenizer read_tokenizer(testing::Files files, const std::string& name, const json& file) {
  files[name] = file.dump();
  return testing::load(files);
}

// The files of sentence-transformers in a model's folder.
struct SentenceFiles {
  json modules = json::parse(R"([{"path": "", "type": "a.Transformer"}, {"path": "1_Pooling", "type": "a.Pooling"},
                                 {"path": "2_Normalize", "type": "a.Normalize"}])");
  json of_model = json::parse(R"({"prompts": {"a": "b", "c": "d"}, "default_prompt_name": "a"})");
  json encoder = {{"max_seq_length", 9}};
  json pooling = {{"pooling_mode_cls_token", true}};
  json normalize = json::object();

  std::string facts() const {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory(folder / "1_Pooling");
    std::filesystem::create_directory(folder / "2_Normalize");
    folder.put("modules.json", modules.dump());
    folder.put("config_sentence_transformers.json", of_model.dump());
    folder.put("sentence_bert_config.json", encoder.dump());
    folder.put("1_Pooling/config.json", pooling.dump());
    folder.put("2_Normalize/config.json", normalize.dump());
    TokenizerOptions cased;
    cased.do_lower_case = false;
    const Tokenizer tokenizer(Vocabulary::parse(testing::vocab), cased);
    const EmbedOptions options = read_sentence_folder(folder.path(), tokenizer).value();
    return fmt::format("{} {} {} {} {} {} {}", static_cast<int>(options.pooling), options.prompt, options.pools_prompt,
                       options.normalize, options.dimensions, options.normalize_again, options.max_length);
  }
};

}  // namespace

TEST_CASE("known keys: tokenizer_config.json: each key is obeyed, changes nothing, or is refused") {
  const testing::Files files = {{"vocab.txt", testing::vocab}};
  const Samples samples = {
      {"tokenizer_class", "DistilBertTokenizer"},
      {"do_lower_case", false},
      {"strip_accents", false},
      {"tokenize_chinese_chars", false},
      {"model_max_length", 7},
      {"max_len", 7},
      {"truncation_side", "left"},
      {"split_special_tokens", true},
      {"model_input_names", {"input_ids"}},
      {"clean_up_tokenization_spaces", true},
      {"added_tokens_decoder", {{"9", {{"content", "<x>"}}}}},
      {"additional_special_tokens", {"<x>"}},
      {"extra_special_tokens", {"<x>"}},
      {"mask_token", "hello"},
      {"whole_cjk_extension_e", true},
      {"decode_cleanup", true},
  };
  walk(tokenizer_config_keys, {{"decode_cleanup", false}}, samples,
       [&](const json& file) { return facts(read_tokenizer(files, "tokenizer_config.json", file)); });
}

TEST_CASE("known keys: tokenizer.json: each key is obeyed or changes nothing") {
  const json base = json::parse(testing::whole_json);
  json model = base["model"], normalizer = base["normalizer"];
  model["vocab"]["more"] = 7;
  model["vocab"]["abc"] = 8;
  normalizer["clean_text"] = false;
  const Samples samples = {
      {"added_tokens", json::array()},
      {"model", model},
      {"normalizer", normalizer},
      {"pre_tokenizer", {{"type", "Whitespace"}}},
      {"post_processor", nullptr},
      {"decoder", {{"type", "WordPiece"}, {"cleanup", true}}},
      {"truncation", {{"direction", "Left"}}},
      {"padding", {{"pad_token", "hello"}}},
  };
  const testing::Files files = {{"tokenizer_config.json", R"({"tokenizer_class": "PreTrainedTokenizerFast"})"}};
  walk(tokenizer_json_keys, base, samples,
       [&](const json& file) { return facts(read_tokenizer(files, "tokenizer.json", file)); });
}

TEST_CASE("known keys: the objects in tokenizer.json: each key is obeyed or changes nothing, and others are named") {
  const json whole = json::parse(testing::whole_json);
  const auto sequence = [](const char* name, int type) {
    return json{{"Sequence", {{"id", name}, {"type_id", type}}}};
  };
  const auto special = [](const char* name, int type) {
    return json{{"SpecialToken", {{"id", name}, {"type_id", type}}}};
  };
  const auto token = [](const char* name, int id) { return json{{"id", name}, {"ids", {id}}, {"tokens", {name}}}; };
  json with_template = whole;
  with_template["post_processor"] = {
      {"type", "TemplateProcessing"},
      {"single", {special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)}},
      {"pair", {special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0), sequence("B", 1), special("[SEP]", 1)}},
      {"special_tokens", {{"[CLS]", token("[CLS]", 2)}, {"[SEP]", token("[SEP]", 3)}}}};
  json other_tokens = with_template["post_processor"]["special_tokens"];
  other_tokens["[CLS]"]["ids"] = {5};
  json more_words = whole["model"]["vocab"];
  more_words["more"] = 7;
  more_words["abc"] = 8;
  json whole_with_lengths = whole;
  whole_with_lengths["truncation"] = {{"direction", "Right"}, {"max_length", 4}};
  whole_with_lengths["padding"] = {{"pad_token", "[PAD]"}, {"pad_id", 0}};
  json piece = whole;
  piece["model"]["vocab"]["##o"] = 8;
  piece["model"]["vocab"]["hell"] = 9;
  piece["added_tokens"][1]["id"] = 10;

  struct Part {
    const KnownKeys& known;
    json whole;
    json::json_pointer place;
    Samples samples;
  };
  // A type has no other value than the one in the file: `walk` sees that another one is an Error.
  const Part parts[] = {
      {json_model_keys,
       whole,
       json::json_pointer("/model"),
       {{"type", "BPE"},
        {"vocab", more_words},
        {"unk_token", "hello"},
        {"continuing_subword_prefix", "@@"},
        {"max_input_chars_per_word", 2}}},
      {json_normalizer_keys,
       whole,
       json::json_pointer("/normalizer"),
       {{"type", "NFC"},
        {"clean_text", false},
        {"handle_chinese_chars", false},
        {"strip_accents", true},
        {"lowercase", true}}},
      {json_pre_tokenizer_keys, whole, json::json_pointer("/pre_tokenizer"), {{"type", "Whitespace"}}},
      {json_bert_processing_keys,
       whole,
       json::json_pointer("/post_processor"),
       {{"type", "RobertaProcessing"}, {"cls", {"[CLS]", 5}}, {"sep", {"[SEP]", 5}}}},
      {json_template_processing_keys,
       with_template,
       json::json_pointer("/post_processor"),
       {{"type", "Sequence"},
        {"single", {sequence("A", 0)}},
        {"pair", {sequence("A", 0), sequence("B", 1)}},
        {"special_tokens", other_tokens}}},
      {json_template_token_keys,
       with_template,
       json::json_pointer("/post_processor/special_tokens/[CLS]"),
       {{"ids", {5}}}},
      {json_decoder_keys,
       piece,
       json::json_pointer("/decoder"),
       {{"type", "ByteLevel"}, {"prefix", "@@"}, {"cleanup", true}}},
      {json_truncation_keys, whole_with_lengths, json::json_pointer("/truncation"), {{"direction", "Left"}}},
      {json_padding_keys, whole_with_lengths, json::json_pointer("/padding"), {{"pad_token", "hello"}}},
      {added_token_keys,
       whole,
       json::json_pointer("/added_tokens/1"),
       {{"content", "xyz"},
        {"id", 6},
        {"special", true},
        {"normalized", false},
        {"lstrip", true},
        {"rstrip", true},
        {"single_word", true}}},
  };
  const testing::Files files = {{"tokenizer_config.json", R"({"tokenizer_class": "PreTrainedTokenizerFast"})"}};
  for (const Part& part : parts) {
    const auto with = [&](const json& object) {
      json file = part.whole;
      file[part.place] = object;
      return read_tokenizer(files, "tokenizer.json", file);
    };
    walk(part.known, part.whole[part.place], part.samples, [&](const json& object) { return facts(with(object)); });
    json object = part.whole[part.place];
    object["colour"] = 1;
    CHECK(with(object).options().unknown_keys == std::vector{std::string(part.known.file) + ": colour"});
  }
}

TEST_CASE("known keys: a token that nobody knows all about is named once, in each file that may have it") {
  const json odd = {{"content", "<x>"}, {"colour", 1}}, odder = {{"content", "<y>"}, {"colour", 2}};
  const auto unknown = [](const std::string& name, const json& file) {
    return read_tokenizer({{"vocab.txt", testing::vocab}}, name, file).options().unknown_keys;
  };
  const std::vector<std::string> named = {"added tokens: colour"};
  CHECK(unknown("tokenizer_config.json", {{"added_tokens_decoder", {{"9", odd}, {"10", odder}}}}) == named);
  CHECK(unknown("tokenizer_config.json", {{"extra_special_tokens", {odd, odder}}}) == named);
  CHECK(unknown("special_tokens_map.json", {{"mask_token", {{"content", "[MASK]"}, {"colour", 1}}}}) == named);
}

TEST_CASE("known keys: special_tokens_map.json: each key is obeyed") {
  const testing::Files files = {{"vocab.txt", testing::vocab}};
  const Samples samples = {
      {"additional_special_tokens", {"<x>"}}, {"extra_special_tokens", {"<x>"}}, {"mask_token", "hello"}};
  walk(special_tokens_map_keys, json::object(), samples,
       [&](const json& file) { return facts(read_tokenizer(files, "special_tokens_map.json", file)); });
}

TEST_CASE("known keys: sentence-transformers' files: each key is obeyed, changes nothing, or is refused") {
  const auto with = [](json SentenceFiles::*file) {
    return [file](const json& object) {
      SentenceFiles files;
      files.*file = object;
      return files.facts();
    };
  };
  const auto first_module = [](const json& object) {
    SentenceFiles files;
    files.modules[0] = object;
    return files.facts();
  };
  const SentenceFiles usual;
  walk(modules_keys, usual.modules[0], {{"path", "elsewhere"}, {"type", "a.Dense"}}, first_module);
  walk(sentence_config_keys, usual.of_model,
       {{"prompts", {{"a", "other"}}}, {"default_prompt_name", "c"}, {"truncate_dim", 7}},
       with(&SentenceFiles::of_model));
  walk(sentence_encoder_keys, usual.encoder, {{"max_seq_length", 7}, {"do_lower_case", true}},
       with(&SentenceFiles::encoder));
  walk(sentence_pooling_keys, usual.pooling,
       {{"pooling_mode", "mean"},
        {"pooling_mode_cls_token", false},
        {"pooling_mode_mean_tokens", true},
        {"pooling_mode_max_tokens", true},
        {"pooling_mode_mean_sqrt_len_tokens", true},
        {"pooling_mode_weightedmean_tokens", true},
        {"pooling_mode_lasttoken", true},
        {"include_prompt", false}},
       with(&SentenceFiles::pooling));
  walk(sentence_normalize_keys, usual.normalize, {}, with(&SentenceFiles::normalize));
}
