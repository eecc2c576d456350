#include "mini_bert/tokenizer/tokenizer_json.h"

#include <fmt/core.h>

namespace mini_bert {
namespace {

using nlohmann::json;

// Throws unless the object says "type": `type`.
void expect_type(const JsonFields& fields, const std::string& type) {
  if (fields.string("type", "") != type) {
    fields.fail("type", fmt::format("\"{}\": only tokenizers of BERT models can be read", type));
  }
}

// Ids may have gaps (the package drops lines of vocab.txt that are empty once trimmed); no token has such an id.
Vocabulary read_model_vocabulary(const JsonFields& fields) {
  constexpr uint64_t most_gaps = 100'000;
  const uint64_t limit = fields.json().size() + most_gaps;
  std::vector<std::string> tokens;
  std::vector<bool> taken;
  for (const auto& [token, value] : fields.json().items()) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() >= limit) {
      fields.fail(token, fmt::format("an id in 0..{}", limit - 1));
    }
    const auto id = value.get<size_t>();
    if (id >= tokens.size()) {
      tokens.resize(id + 1);
      taken.resize(id + 1);
    }
    if (taken[id]) fields.fail(token, "an id that no other token has");
    taken[id] = true;
    tokens[id] = token;
  }
  return Vocabulary(std::move(tokens));
}

// BertProcessing names [CLS] and [SEP] itself: "cls": ["[CLS]", 101].
std::string processing_token(const JsonFields& fields, const std::string& name) {
  const json& pair = fields.has(name) ? fields.json().at(name) : fields.json();
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string()) fields.fail(name, "[token, id]");
  return pair[0].get<std::string>();
}

// One element of a template, as text: "[CLS]:0" for a special token, "A:0" for a text.
std::string template_element(const JsonFields& element) {
  const bool is_text = element.has("Sequence");
  const JsonFields content = element.object(is_text ? "Sequence" : "SpecialToken");
  return content.string("id", "") + ":" + std::to_string(content.integer("type_id", 0, 0));
}

std::vector<std::string> read_template(const JsonFields& fields, const std::string& name) {
  if (!fields.has(name) || !fields.json().at(name).is_array()) fields.fail(name, "a list");
  std::vector<std::string> elements;
  for (const json& element : fields.json().at(name)) {
    elements.push_back(template_element({element, fields.where() + ": " + name}));
  }
  return elements;
}

void read_template_processing(const JsonFields& fields, TokenizerOptions& options) {
  const auto single = read_template(fields, "single");
  if (single.size() == 3 && single[1] == "A:0" && single[0].ends_with(":0") && single[2].ends_with(":0")) {
    options.cls_token = single[0].substr(0, single[0].size() - 2);
    options.sep_token = single[2].substr(0, single[2].size() - 2);
    const std::vector<std::string> pair = {single[0], "A:0", single[2], "B:1", options.sep_token + ":1"};
    if (read_template(fields, "pair") == pair) return;
    fields.fail("pair", "[CLS] A [SEP] with type 0, then B [SEP] with type 1");
  }
  fields.fail("single", "[CLS] A [SEP], all of type 0");
}

void read_post_processor(const JsonFields& file, TokenizerOptions& options) {
  const JsonFields fields = file.object("post_processor");
  if (fields.string("type", "") == "TemplateProcessing") return read_template_processing(fields, options);
  expect_type(fields, "BertProcessing");
  options.cls_token = processing_token(fields, "cls");
  options.sep_token = processing_token(fields, "sep");
}

void read_normalizer(const JsonFields& fields, TokenizerOptions& options) {
  expect_type(fields, "BertNormalizer");
  options.clean_text = fields.boolean("clean_text", true);
  options.tokenize_chinese_chars = fields.boolean("handle_chinese_chars", true);
  options.strip_accents = fields.optional_boolean("strip_accents");
  options.do_lower_case = fields.boolean("lowercase", true);
}

}  // namespace

AddedToken read_added_token(const JsonFields& fields, bool special) {
  AddedToken token;
  if (!fields.has("content")) fields.fail("content", "the token as a string");
  token.content = fields.string("content", "");
  if (token.content.empty()) fields.fail("content", "a token of at least one character");
  token.special = fields.boolean("special", special);
  token.normalized = fields.boolean("normalized", !token.special);
  token.lstrip = fields.boolean("lstrip", false);
  token.rstrip = fields.boolean("rstrip", false);
  token.single_word = fields.boolean("single_word", false);
  token.id = fields.integer("id", -1, 0);
  return token;
}

Vocabulary read_tokenizer_json(const JsonFields& file, TokenizerOptions& options) {
  const JsonFields model = file.object("model");
  // Files written before version 0.9 of the package leave the type out.
  if (model.has("type")) expect_type(model, "WordPiece");
  options.unk_token = model.string("unk_token", options.unk_token);
  options.continuing_subword_prefix = model.string("continuing_subword_prefix", options.continuing_subword_prefix);
  options.max_input_chars_per_word = model.integer("max_input_chars_per_word", options.max_input_chars_per_word, 1);
  Vocabulary vocabulary = read_model_vocabulary(model.object("vocab"));

  read_normalizer(file.object("normalizer"), options);
  expect_type(file.object("pre_tokenizer"), "BertPreTokenizer");
  if (file.has("post_processor")) read_post_processor(file, options);
  if (file.has("decoder")) {
    expect_type(file.object("decoder"), "WordPiece");
    options.decode_cleanup = file.object("decoder").boolean("cleanup", true);
  }
  if (file.has("added_tokens")) {
    if (!file.json().at("added_tokens").is_array()) file.fail("added_tokens", "a list");
    for (const json& token : file.json().at("added_tokens")) {
      options.added_tokens.push_back(read_added_token({token, file.where() + ": added_tokens"}, false));
    }
  }
  return vocabulary;
}

}  // namespace mini_bert
