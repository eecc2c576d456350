#include "mini_bert/tokenizer/character_kinds.h"

#include <string>
#include <vector>

#include "mini_bert/base/utf8.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

// Every setting of the five options.
std::vector<NormalizerOptions> all_options() {
  std::vector<NormalizerOptions> options;
  for (int i = 0; i < 32; ++i) {
    options.push_back({(i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0, (i & 16) != 0});
  }
  return options;
}

std::vector<std::string> words(const std::string& text, const NormalizerOptions& options) {
  const std::string normalized = normalize(text, options).text;
  std::vector<std::string> words;
  for (const auto& [begin, end] : split_words(normalized)) words.push_back(normalized.substr(begin, end - begin));
  return words;
}

// What the kind promises about "x", c, "y".
std::vector<std::string> promised(CharacterKind kind, const std::string& c) {
  switch (kind) {
    case CharacterKind::letter:
      return {"x" + c + "y"};
    case CharacterKind::capital:
      return {std::string("x") + static_cast<char>(c[0] + 32) + "y"};
    case CharacterKind::alone:
      return {"x", c, "y"};
    default:
      return {"x", "y"};
  }
}

// From one character to the next that is tried. Unicode assigns nothing between planes 3 and 14.
char32_t step(char32_t c) {
  if (c < 0x3000) return 1;
  if (c >= 0x34000 && c < 0xE0000) return 0x100;
  return (c & 0xFF) < 4 ? 1 : 7;
}

}  // namespace

TEST_CASE("character_kinds: every character of every kind does what the kind says", "[tokenizer]") {
  for (const NormalizerOptions& options : all_options()) {
    const CharacterKinds kinds(options);
    size_t wrong = 0;
    for (char32_t c = 0; c < 0x110000; c += step(c)) {
      if (c >= 0xD800 && c < 0xE000) continue;
      if (kinds[c] == CharacterKind::changed) continue;
      std::string text;
      append_utf8(text, c);
      if (words("x" + text + "y", options) == promised(kinds[c], text)) continue;
      UNSCOPED_INFO("U+" << std::hex << static_cast<uint32_t>(c) << " kind " << static_cast<int>(kinds[c]));
      ++wrong;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("character_kinds: the common characters need no second look", "[tokenizer]") {
  const CharacterKinds uncased({});
  const CharacterKinds cased({.strip_accents = false, .do_lower_case = false});
  CHECK(uncased[U'a'] == CharacterKind::letter);
  CHECK(uncased[U'A'] == CharacterKind::capital);
  CHECK(cased[U'A'] == CharacterKind::letter);
  CHECK(uncased[U'我'] == CharacterKind::alone);
  CHECK(uncased[U'，'] == CharacterKind::alone);
  CHECK(uncased[U'\u3000'] == CharacterKind::space);
  CHECK(uncased[U'\n'] == CharacterKind::space);
  CHECK(uncased[U'あ'] == CharacterKind::letter);
  CHECK(uncased[U'é'] == CharacterKind::changed);
  CHECK(cased[U'é'] == CharacterKind::letter);
  CHECK(cased[U'한'] == CharacterKind::letter);
  CHECK(uncased[U'\u0323'] == CharacterKind::changed);
  CHECK(uncased[U'\u200B'] == CharacterKind::changed);
  CHECK(uncased[U'\U00020000'] == CharacterKind::alone);
  CHECK(uncased[U'\U0002B820'] == CharacterKind::letter);
  CHECK(CharacterKinds({.whole_cjk_extension_e = true})[U'\U0002B820'] == CharacterKind::alone);
}
