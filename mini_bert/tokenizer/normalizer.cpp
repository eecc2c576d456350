#include "mini_bert/tokenizer/normalizer.h"

#include <algorithm>

#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {
namespace {

// Collects normalized characters together with the range of the original text they stand for.
class Writer {
 public:
  Writer(NormalizedText& out, bool lower) : out_(out), lower_(lower) {}

  void write(char32_t c, TextRange source) {
    if (lower_) {
      const CodePoints lowered = lower_case(c);
      for (uint32_t i = 0; i < lowered.size; ++i) append(lowered.value[i], source);
    } else {
      append(c, source);
    }
  }

  // Writes a character decomposed and without nonspacing marks. Combining characters wait until their run is complete.
  void write_stripped(char32_t c, TextRange source) {
    const CodePoints parts = decompose(c);
    for (uint32_t i = 0; i < parts.size; ++i) {
      const int combining = combining_class(parts.value[i]);
      if (combining == 0) {
        flush();
        last_source_ = source;
        if (!is_nonspacing_mark(parts.value[i])) write(parts.value[i], source);
      } else {
        run_.push_back({parts.value[i], combining, i == 0});
        if (i == 0) run_sources_.push_back(source);
      }
    }
  }

  // Writes the waiting combining characters in canonical order: lower classes first, equal classes in their original
  // order (The Unicode Standard 15.0 §3.11, D109). Like the `tokenizers` package, this does not reorder the sources.
  // The first character of a decomposition takes the next source; the others take that of the character before.
  void flush() {
    if (run_.empty()) return;
    std::stable_sort(run_.begin(), run_.end(),
                     [](const Combining& a, const Combining& b) { return a.combining < b.combining; });
    auto next_source = run_sources_.begin();
    for (const Combining& mark : run_) {
      if (mark.has_own_source) last_source_ = *next_source++;
      if (!is_nonspacing_mark(mark.value)) write(mark.value, last_source_);
    }
    run_.clear();
    run_sources_.clear();
  }

 private:
  struct Combining {
    char32_t value;
    int combining;
    bool has_own_source;
  };

  void append(char32_t c, TextRange source) {
    append_utf8(out_.text, c);
    out_.source.resize(out_.text.size(), source);
  }

  NormalizedText& out_;
  bool lower_;
  std::vector<Combining> run_;
  std::vector<TextRange> run_sources_;
  TextRange last_source_;
};

}  // namespace

NormalizedText normalize(std::string_view text, const NormalizerOptions& options, uint32_t origin) {
  NormalizedText out;
  // A Chinese character of 3 bytes becomes 5.
  out.text.reserve(2 * text.size());
  out.source.reserve(2 * text.size());
  Writer writer(out, options.do_lower_case);
  for (size_t i = 0; i < text.size();) {
    auto [c, length] = read_code_point(text, i);
    const TextRange source{origin + static_cast<uint32_t>(i), origin + static_cast<uint32_t>(i) + length};
    i += length;
    if (options.clean_text) {
      if (c == 0 || c == 0xFFFD || is_control(c)) continue;
      if (is_whitespace(c)) c = U' ';
    }
    const bool spaced = options.tokenize_chinese_chars && is_cjk(c, options.whole_cjk_extension_e);
    if (spaced) {
      writer.flush();
      writer.write(U' ', source);
    }
    if (options.strip_accents) {
      writer.write_stripped(c, source);
    } else {
      writer.write(c, source);
    }
    if (spaced) writer.write(U' ', source);
  }
  writer.flush();
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
