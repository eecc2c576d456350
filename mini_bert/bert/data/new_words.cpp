#include "mini_bert/bert/data/new_words.h"

#include <algorithm>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/record_formats.h"
#include "mini_bert/files/mapped_file.h"
#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {
namespace {

// The words of a line, which are separated by white space.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < line.size();) {
    const CodePoint c = decode(line, i);
    if (!is_whitespace(c.value)) {
      words.back() += line.substr(i, c.length);
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
    i += c.length;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool is_east_asian(std::string_view word) {
  for (std::size_t i = 0; i < word.size();) {
    const CodePoint c = decode(word, i);
    if (c.value >= 0x2E80) return true;
    i += c.length;
  }
  return false;
}

AddedToken whole_word(const std::string& word) {
  const bool spaced = !is_east_asian(word);
  return {.content = word, .normalized = spaced, .single_word = spaced};
}

}  // namespace

GrownVocabulary add_words(const Tokenizer& tokenizer, const std::filesystem::path& path) {
  const MappedFile file(path);
  const std::string name = path.string();
  std::string_view rest = require_utf8(file.text(), name);
  std::vector<std::string> words, forms;
  std::vector<std::vector<std::int32_t>> pieces;
  TokenizerOptions options = tokenizer.options();
  std::size_t known = 0;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::vector<std::string> found = words_of(take_line(rest));
    if (found.empty()) continue;
    const std::string& word = found.front();
    require(found.size() == 1, "{}: line {}: white space after {}; expected one word a line", name, line,
            in_quotes(word));
    const std::vector<std::int32_t> ids = tokenizer.encode(word, {.add_special_tokens = false}).ids;
    require(!ids.empty(), "{}: line {}: {} is nothing once the text is cleaned up; leave it out", name, line,
            in_quotes(word));
    for (const std::int32_t id : ids) {
      require(!tokenizer.is_special(id) || id == tokenizer.unk_id(),
              "{}: line {}: {} holds the special token {}; expected a word", name, line, in_quotes(word),
              tokenizer.vocabulary().token(id));
    }
    const AddedToken token = whole_word(word);
    const std::string form = token.normalized ? normalize(word, options.normalizer()).text : word;
    const bool is_one_token = ids.size() == 1 && ids.front() != tokenizer.unk_id();
    if (is_one_token || tokenizer.vocabulary().find(word)) {
      ++known;
    } else if (std::ranges::find(forms, form) == forms.end()) {
      words.push_back(word);
      forms.push_back(form);
      pieces.push_back(ids);
      options.added_tokens.push_back(token);
    }
  }
  require(!words.empty() || known > 0, "{}: no words; expected a word a line", name);
  return {Tokenizer(tokenizer.base_vocabulary(), std::move(options)), std::move(words), std::move(pieces), known};
}

std::vector<std::vector<std::int32_t>> pieces_of_rowless(const Tokenizer& tokenizer) {
  const std::int32_t first = tokenizer.size_with_rows();
  TokenizerOptions options = tokenizer.options();
  std::erase_if(options.added_tokens, [&](const AddedToken& token) { return token.id >= first; });
  // [MASK] itself may be such a token. Its name is then spelled like any word.
  for (std::string* const role : {&options.pad_token, &options.cls_token, &options.sep_token, &options.mask_token}) {
    if (tokenizer.vocabulary().find(*role).value_or(first) >= first) *role = options.unk_token;
  }
  const Tokenizer speller(tokenizer.base_vocabulary(), std::move(options));
  std::vector<std::vector<std::int32_t>> pieces;
  for (std::int32_t id = first; id < tokenizer.vocabulary().size(); ++id) {
    std::vector<std::int32_t> ids = speller.encode(tokenizer.vocabulary().token(id), {.add_special_tokens = false}).ids;
    if (ids.empty()) ids.push_back(speller.unk_id());
    pieces.push_back(std::move(ids));
  }
  return pieces;
}

}  // namespace mini_bert
