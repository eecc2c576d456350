#include "tokenizer/normalizer.h"

#include "tokenizer/unicode.h"

namespace mini_bert {
namespace {

/// Collects normalized characters together with the range of the original text they stand for.
class Writer {
 public:
  explicit Writer(NormalizedText& out) : out_(out) {}

  void write(char32_t c, TextRange source) {
    append_utf8(out_.text, c);
    out_.source.resize(out_.text.size(), source);
  }

  /// Writes a character of a decomposed text in canonical order: within a run of combining characters, lower classes
  /// come first and equal ones keep their order. The Unicode Standard 15.0 §3.11, D109.
  void write_in_canonical_order(char32_t c, TextRange source) {
    const int combining = combining_class(c);
    if (combining == 0) {
      run_.clear();
      write(c, source);
      return;
    }
    if (run_.empty()) run_start_ = out_.text.size();
    auto place = run_.end();
    while (place != run_.begin() && (place - 1)->combining > combining) --place;
    const bool is_last = place == run_.end();
    run_.insert(place, {c, combining, source});
    if (is_last) {
      write(c, source);
      return;
    }
    out_.text.resize(run_start_);
    out_.source.resize(run_start_);
    for (const Combining& mark : run_) write(mark.value, mark.source);
  }

 private:
  struct Combining {
    char32_t value;
    int combining;
    TextRange source;
  };
  NormalizedText& out_;
  std::vector<Combining> run_;
  size_t run_start_ = 0;
};

void write_stripped_and_lowered(Writer& writer, char32_t c, TextRange source, const NormalizerOptions& options) {
  const auto lower = [&](char32_t value, auto&& write) {
    if (!options.do_lower_case) return write(value);
    const CodePoints lowered = lower_case(value);
    for (uint32_t i = 0; i < lowered.size; ++i) write(lowered.value[i]);
  };
  if (!options.strip_accents) return lower(c, [&](char32_t value) { writer.write(value, source); });
  const CodePoints parts = decompose(c);
  for (uint32_t i = 0; i < parts.size; ++i) {
    if (is_nonspacing_mark(parts.value[i])) continue;
    lower(parts.value[i], [&](char32_t value) { writer.write_in_canonical_order(value, source); });
  }
}

}  // namespace

NormalizedText normalize(std::string_view text, const NormalizerOptions& options, uint32_t origin) {
  NormalizedText out;
  // A Chinese character of 3 bytes becomes 5.
  out.text.reserve(2 * text.size());
  out.source.reserve(2 * text.size());
  Writer writer(out);
  for (size_t i = 0; i < text.size();) {
    auto [c, length] = read_code_point(text, i);
    const TextRange source{origin + static_cast<uint32_t>(i), origin + static_cast<uint32_t>(i) + length};
    i += length;
    if (options.clean_text) {
      if (c == 0 || c == 0xFFFD || is_control(c)) continue;
      if (is_whitespace(c)) c = U' ';
    }
    const bool spaced = options.tokenize_chinese_chars && is_cjk(c, options.whole_cjk_extension_e);
    if (spaced) writer.write(U' ', source);
    write_stripped_and_lowered(writer, c, source, options);
    if (spaced) writer.write(U' ', source);
  }
  return out;
}

std::vector<TextRange> split_words(std::string_view text) {
  std::vector<TextRange> words;
  uint32_t word_begin = 0;
  const auto end_word = [&](uint32_t end) {
    if (end > word_begin) words.push_back({word_begin, end});
  };
  for (uint32_t i = 0; i < text.size();) {
    const auto [c, length] = read_code_point(text, i);
    if (is_whitespace(c)) {
      end_word(i);
      word_begin = i + length;
    } else if (is_punctuation(c)) {
      end_word(i);
      words.push_back({i, i + length});
      word_begin = i + length;
    }
    i += length;
  }
  end_word(static_cast<uint32_t>(text.size()));
  return words;
}

}  // namespace mini_bert
