#include "mini_bert/tokenizer/tokenizer_json.h"

#include <limits>

#include "mini_bert/base/error.h"
#include "mini_bert/tokenizer/tokenizer_keys.h"

namespace mini_bert {
namespace {

// Error unless the object says "type": `type`.
void expect_type(const JsonField& object, const std::string& type) {
  const std::optional<JsonField> found = object.find("type");
  if (!found || found->text() != type) {
    object.fail("type", fmt::format("\"{}\": only tokenizers of BERT models can be read", type));
  }
}

// Ids may have gaps, because the package drops lines of vocab.txt that are empty once trimmed. No token has such an id.
Vocabulary read_model_vocabulary(const JsonField& map) {
  constexpr uint64_t most_gaps = 100'000;
  const uint64_t limit = map.object().json().size() + most_gaps;
  std::vector<std::string> tokens;
  std::vector<bool> taken;
  for (const auto& [token, value] : map.json().items()) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() >= limit) {
      map.fail(token, fmt::format("an id in 0..{}", limit - 1));
    }
    const auto id = value.get<size_t>();
    if (id >= tokens.size()) {
      tokens.resize(id + 1);
      taken.resize(id + 1);
    }
    if (taken[id]) map.fail(token, "an id that no other token has");
    taken[id] = true;
    tokens[id] = token;
  }
  return Vocabulary(std::move(tokens));
}

// The token with an id: one of the vocabulary, or one of the added tokens.
std::string token_with_id(const JsonField& file, const Vocabulary& vocabulary, const JsonField& field) {
  const int32_t id = read_id(field);
  if (id < vocabulary.size() && !vocabulary.token(id).empty()) return vocabulary.token(id);
  if (const auto added = file.find("added_tokens")) {
    for (const JsonField& token : added->elements()) {
      if (read_id(token.at("id")) == id) return token.at("content").text();
    }
  }
  field.fail("the id of a token of this file");
}

// BertProcessing says of [CLS] and [SEP] the name and the id: "cls": ["[CLS]", 101].
JsonField processing_id(const JsonField& processor, const std::string& name) {
  const std::vector<JsonField> pair = processor.at(name).elements();
  if (pair.size() != 2) processor.fail(name, "[token, id]");
  return pair[1];
}

// A template says it in "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [101], "tokens": ["[CLS]"]}}.
JsonField template_id(const JsonField& processor, const std::string& name, TokenizerOptions& options) {
  const JsonField token = processor.at("special_tokens").at(name);
  check_tokenizer_keys(token, json_template_token_keys, options);
  const std::vector<JsonField> ids = token.at("ids").elements();
  if (ids.size() != 1) token.fail("ids", "one id");
  return ids[0];
}

// One element of a template, as text: "[CLS]:0" for a special token, "A:0" for a text.
std::string template_element(const JsonField& element) {
  const JsonField content = element.at(element.has("Sequence") ? "Sequence" : "SpecialToken");
  std::string id;
  int32_t type_id = 0;
  content.read_set("id", id);
  content.read_set("type_id", type_id);
  return id + ":" + std::to_string(type_id);
}

std::vector<std::string> read_template(const JsonField& processor, const std::string& name) {
  std::vector<std::string> elements;
  for (const JsonField& element : processor.at(name).elements()) elements.push_back(template_element(element));
  return elements;
}

void read_template_processing(const JsonField& file, const JsonField& processor, const Vocabulary& vocabulary,
                              TokenizerOptions& options) {
  check_tokenizer_keys(processor, json_template_processing_keys, options);
  const auto single = read_template(processor, "single");
  if (single == std::vector<std::string>{"A:0"}) {
    options.adds_special_tokens = false;
    if (read_template(processor, "pair") == std::vector<std::string>{"A:0", "B:1"}) return;
    processor.fail("pair", "A with type 0, then B with type 1");
  }
  if (single.size() == 3 && single[1] == "A:0" && single[0].ends_with(":0") && single[2].ends_with(":0")) {
    const std::string cls = single[0].substr(0, single[0].size() - 2);
    const std::string sep = single[2].substr(0, single[2].size() - 2);
    const std::vector<std::string> pair = {single[0], "A:0", single[2], "B:1", sep + ":1"};
    if (read_template(processor, "pair") != pair) {
      processor.fail("pair", "[CLS] A [SEP] with type 0, then B [SEP] with type 1");
    }
    options.cls_token = token_with_id(file, vocabulary, template_id(processor, cls, options));
    options.sep_token = token_with_id(file, vocabulary, template_id(processor, sep, options));
    return;
  }
  processor.fail("single", "[CLS] A [SEP], all of type 0");
}

void read_post_processor(const JsonField& file, const JsonField& processor, const Vocabulary& vocabulary,
                         TokenizerOptions& options) {
  std::string type;
  processor.read_set("type", type);
  if (type == "TemplateProcessing") return read_template_processing(file, processor, vocabulary, options);
  expect_type(processor, "BertProcessing");
  check_tokenizer_keys(processor, json_bert_processing_keys, options);
  options.cls_token = token_with_id(file, vocabulary, processing_id(processor, "cls"));
  options.sep_token = token_with_id(file, vocabulary, processing_id(processor, "sep"));
}

void read_normalizer(const JsonField& normalizer, TokenizerOptions& options) {
  expect_type(normalizer, "BertNormalizer");
  check_tokenizer_keys(normalizer, json_normalizer_keys, options);
  options.clean_text = options.tokenize_chinese_chars = options.do_lower_case = true;
  options.strip_accents.reset();
  normalizer.read_set("clean_text", options.clean_text);
  normalizer.read_set("handle_chinese_chars", options.tokenize_chinese_chars);
  normalizer.read("strip_accents", options.strip_accents);
  normalizer.read_set("lowercase", options.do_lower_case);
}

// Without a decoder, the package puts a space between all tokens.
void read_decoder(const JsonField& file, TokenizerOptions& options) {
  const auto decoder = file.find("decoder");
  options.decode_glues = options.decode_cleanup = decoder.has_value();
  if (!decoder) return;
  expect_type(*decoder, "WordPiece");
  check_tokenizer_keys(*decoder, json_decoder_keys, options);
  decoder->read_set("prefix", options.decode_prefix.emplace("##"));
  decoder->read_set("cleanup", options.decode_cleanup);
}

}  // namespace

AddedToken read_added_token(const JsonField& object, bool special, TokenizerOptions& options) {
  check_tokenizer_keys(object, added_token_keys, options);
  AddedToken token{.content = object.at("content").text(), .special = special};
  if (token.content.empty()) object.fail("content", "a token of at least one character");
  object.read_set("special", token.special);
  token.normalized = !token.special;
  object.read_set("normalized", token.normalized);
  object.read_set("lstrip", token.lstrip);
  object.read_set("rstrip", token.rstrip);
  object.read_set("single_word", token.single_word);
  if (const auto id = object.find("id")) token.id = read_id(*id);
  return token;
}

int32_t read_id(const JsonField& field) {
  return static_cast<int32_t>(field.integer(0, std::numeric_limits<int32_t>::max()));
}

Vocabulary read_vocabulary(const JsonField& file) {
  const JsonField model = file.at("model");
  // Files written before version 0.9 of the package leave the type out.
  if (model.has("type")) expect_type(model, "WordPiece");
  return read_model_vocabulary(model.at("vocab"));
}

void read_truncation(const JsonField& truncation, TokenizerOptions& options) {
  check_tokenizer_keys(truncation, json_truncation_keys, options);
  const auto direction = truncation.find("direction");
  if (!direction) return;
  const std::string side = direction->text();
  if (side != "Left" && side != "Right") direction->fail("\"Left\" or \"Right\"");
  options.truncation_side = side == "Left" ? Side::left : Side::right;
}

Vocabulary read_tokenizer_json(const JsonField& file, TokenizerOptions& options) {
  Vocabulary vocabulary = read_vocabulary(file);
  const JsonField model = file.at("model");
  check_tokenizer_keys(model, json_model_keys, options);
  model.read_set("unk_token", options.unk_token);
  model.read_set("continuing_subword_prefix", options.continuing_subword_prefix);
  if (const auto most = model.find("max_input_chars_per_word")) options.max_input_chars_per_word = read_limit(*most);

  read_normalizer(file.at("normalizer"), options);
  expect_type(file.at("pre_tokenizer"), "BertPreTokenizer");
  check_tokenizer_keys(file.at("pre_tokenizer"), json_pre_tokenizer_keys, options);
  const auto processor = file.find("post_processor");
  if (processor) read_post_processor(file, *processor, vocabulary, options);
  options.adds_special_tokens &= processor.has_value();
  read_decoder(file, options);
  return vocabulary;
}

int32_t read_limit(const JsonField& field) {
  const double number = field.number();
  if (number < 1) field.fail("a number from 1 up");
  constexpr int32_t largest = std::numeric_limits<int32_t>::max();
  return number >= largest ? largest : static_cast<int32_t>(number);
}

}  // namespace mini_bert
