// Learns a WordPiece vocabulary from text files and writes vocab.txt and tokenizer_config.json.

#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "apps/console/command_line.h"
#include "apps/console/data_files.h"
#include "apps/console/guarded_main.h"
#include "apps/console/missing_model.h"
#include "apps/console/terminal.h"
#include "apps/predict/line_reader.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/posix.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/tokenizer/tokenizer.h"
#include "mini_bert/tokenizer/vocabulary_trainer.h"

namespace mini_bert {
namespace {

struct Flags {
  int32_t size = 0;
  uint64_t min_frequency = 2;
  int32_t limit_alphabet = 0;
  bool cased = false;
  bool keep_accents = false;
  bool no_chinese = false;
  std::string output;
  std::vector<std::string> files;
};

TokenizerOptions tokenizer_options(const Flags& flags) {
  TokenizerOptions options;
  options.do_lower_case = !flags.cased;
  if (flags.keep_accents) options.strip_accents = false;
  options.tokenize_chinese_chars = !flags.no_chinese;
  return options;
}

WordCounter count_words(const Flags& flags, const NormalizerOptions& normalizer) {
  WordCounter counter(normalizer);
  for (const std::string& path : flags.files) {
    const posix::Descriptor file = posix::open_stream(path);
    LineReader reader(file.number(), path);
    try {
      for (std::vector<std::string> lines; !(lines = reader.read()).empty();) {
        for (const std::string& line : lines) counter.add_line(line);
      }
    } catch (const SystemError&) {  // names the file
      throw;
    } catch (const Error& error) {
      fail("{}: {}", path, error.what());
    }
  }
  if (counter.counts().empty()) fail("the files hold no words; expected some text");
  return counter;
}

// How well the vocabulary covers the text from which it was learned.
struct Coverage {
  uint64_t words = 0, unknown = 0, tokens = 0;
  std::set<char32_t> characters, missing;
};

Coverage measure(const WordCounter::Counts& counts, const Tokenizer& tokenizer) {
  const WordPiece pieces_of(tokenizer.vocabulary(), tokenizer.unk_id(), "##",
                            tokenizer.options().max_input_chars_per_word);
  Coverage coverage;
  std::vector<Piece> pieces;
  for (const auto& [word, count] : counts) {
    pieces.clear();
    pieces_of.split(word, pieces);
    coverage.words += count;
    coverage.tokens += count * pieces.size();
    if (pieces[0].id == tokenizer.unk_id()) coverage.unknown += count;
    for (size_t i = 0; i < word.size();) {
      const auto [c, length] = read_code_point(word, i);
      coverage.characters.insert(c);
      if (!tokenizer.vocabulary().find(std::string_view(word).substr(i, length))) coverage.missing.insert(c);
      i += length;
    }
  }
  return coverage;
}

void learn(const Flags& flags) {
  check_data_files(flags.files);
  require_data_files(flags.files);
  const std::filesystem::file_status found = status_of(flags.output);
  require(!std::filesystem::exists(found) || std::filesystem::is_directory(found),
          "{}: --output must be a directory, this is a file", flags.output);
  // A model reads the words of another vocabulary as nonsense.
  require(!holds_model(flags.output),
          "{}: this folder holds a model, whose vocabulary would be lost; choose another "
          "--output",
          flags.output);
  const auto start = std::chrono::steady_clock::now();
  const TokenizerOptions options = tokenizer_options(flags);
  const WordCounter counter = count_words(flags, options.normalizer());
  const auto read = std::chrono::steady_clock::now();

  VocabularyTrainerOptions training;
  training.size = flags.size;
  training.min_frequency = flags.min_frequency;
  training.limit_alphabet = flags.limit_alphabet > 0 ? flags.limit_alphabet : std::max(1, flags.size / 4 * 3);
  const Tokenizer tokenizer(train_vocabulary(counter.counts(), training), options);
  const auto learned = std::chrono::steady_clock::now();

  const std::filesystem::path output = flags.output;
  make_output_folder(output);
  write_file_atomically(output / "vocab.txt", tokenizer.vocab_text());
  write_file_atomically(output / "tokenizer_config.json", tokenizer.config_text());

  const auto seconds = [](auto from, auto to) { return std::chrono::duration<double>(to - from).count(); };
  const Coverage coverage = measure(counter.counts(), tokenizer);
  const auto percent = [](uint64_t part, uint64_t whole) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  print_rows(fmt::format("read      {} lines, {} characters ({} different), {} words ({} different) in {:.1f} s\n",
                         counter.lines(), counter.characters(), coverage.characters.size(), coverage.words,
                         counter.counts().size(), seconds(start, read)));
  print_rows(fmt::format("learned   {} tokens in {:.1f} s\n", tokenizer.vocabulary().size(), seconds(read, learned)));
  print_rows(fmt::format("coverage  {:.3f} % of the words are known, {} of {} characters; {:.2f} tokens per word\n",
                         100.0 - percent(coverage.unknown, coverage.words),
                         coverage.characters.size() - coverage.missing.size(), coverage.characters.size(),
                         static_cast<double>(coverage.tokens) / static_cast<double>(coverage.words)));
  print_rows(fmt::format("wrote     {} and tokenizer_config.json\n", (output / "vocab.txt").string()));
}

int vocab_main(int argc, char** argv) {
  Flags flags;
  CommandLine line("mini_bert_vocab", "Learns a WordPiece vocabulary from text files.");
  line.examples({"mini_bert_vocab --size 8000 --output vocab texts.txt",
                 "mini_bert_vocab --size 30000 --cased --output vocab english/*.txt",
                 "mini_bert_vocab --size 8000 --limit-alphabet 1000 --output vocab texts.txt"});
  line.number("--size,--vocab-size", flags.size, 6, 10'000'000, "tokens wanted, special tokens included").required();
  line.text("--output,-o", flags.output, "directory for vocab.txt and tokenizer_config.json").required();
  line.texts("files", flags.files, "text files, UTF-8").required();
  line.section("Learning");
  line.number<uint64_t>("--min-frequency", flags.min_frequency, 0, uint64_t{1} << 62,
                        "joins rarer than this are not made");
  line.number("--limit-alphabet", flags.limit_alphabet, 0, 1'200'000, "characters kept; 0: three quarters of --size");
  line.section("Reading");
  line.toggle("--cased", flags.cased, "keep upper case and accents");
  line.toggle("--keep-accents", flags.keep_accents, "keep accents even without --cased");
  line.toggle("--no-chinese-characters", flags.no_chinese, "do not make every Chinese character a word");
  return line.run(argc, argv, [&] { learn(flags); });
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  return mini_bert::guarded_main("mini_bert_vocab", argc, argv, mini_bert::vocab_main);
}
