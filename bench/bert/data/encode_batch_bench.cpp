// Our side of bench/tokenizer/compare_tokenizers.py: encodes all lines of a file whenever it gets a command.
//
//   bench_encode_batch MODEL FILE    reads commands on standard input, one per line, and answers each with one line:
//     load          reads the tokenizer of the directory MODEL again; prints seconds
//     full          encodes every line: ids, types, attention mask, offsets in code points, tokens; prints seconds
//     ids           encodes every line without the last three; prints seconds
//     write PATH    writes for every line, as int32: its number of tokens, ids, begin and end of every offset;
//                   prints "done"
#include "mini_bert/bert/data/encode_batch.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

// What an Encoding of the `tokenizers` package holds in addition to ours.
struct Extras {
  std::vector<TextRange> offsets;        // as the vocabulary spells them
  std::vector<std::string_view> tokens;  // as the vocabulary names them
  std::vector<std::uint8_t> attention_mask;
};

Extras make_extras(const Encoding& encoding, std::string_view line, const Vocabulary& vocabulary) {
  Extras extras;
  extras.offsets = code_point_offsets(encoding, line);
  extras.tokens.reserve(encoding.ids.size());
  for (const std::int32_t id : encoding.ids) extras.tokens.push_back(vocabulary.token(id));
  extras.attention_mask.assign(encoding.ids.size(), 1);
  return extras;
}

struct Lines {
  std::string text;
  std::vector<std::string_view> lines;

  explicit Lines(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(path + " cannot be opened");
    text.assign(std::istreambuf_iterator<char>(file), {});
    for (std::string_view rest = text; !rest.empty();) {
      lines.push_back(rest.substr(0, rest.find('\n')));
      rest.remove_prefix(std::min(lines.back().size() + 1, rest.size()));
    }
  }
};

// Encodes all lines and returns the seconds that this takes, without the time to free the results.
double time_encoding(const Tokenizer& tokenizer, const Lines& text, bool full) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Encoding> encodings = encode_batch(text.lines, tokenizer);
  std::vector<Extras> extras(full ? text.lines.size() : 0);
  parallel_for(static_cast<Index>(extras.size()), 64, [&](Index line) {
    const auto i = static_cast<std::size_t>(line);
    extras[i] = make_extras(encodings[i], text.lines[i], tokenizer.vocabulary());
  });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void write_encodings(const Tokenizer& tokenizer, const Lines& text, const std::string& path) {
  std::vector<std::int32_t> numbers;
  for (const std::string_view line : text.lines) {
    const Encoding encoding = tokenizer.encode(line);
    numbers.push_back(encoding.size());
    numbers.insert(numbers.end(), encoding.ids.begin(), encoding.ids.end());
    for (const TextRange& range : code_point_offsets(encoding, line)) {
      numbers.insert(numbers.end(), {static_cast<std::int32_t>(range.begin), static_cast<std::int32_t>(range.end)});
    }
  }
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(numbers.data()),
             static_cast<std::streamsize>(numbers.size() * sizeof numbers[0]));
  if (!file.flush()) throw std::runtime_error(path + " cannot be written");
}

double time_loading(const std::string& model) {
  const auto start = std::chrono::steady_clock::now();
  const Tokenizer tokenizer = Tokenizer::from_directory(model);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void serve(const std::string& model, const std::string& path) {
  const Tokenizer tokenizer = Tokenizer::from_directory(model);
  const Lines text(path);
  for (std::string command; std::getline(std::cin, command);) {
    if (command == "load") {
      std::cout << time_loading(model) << std::endl;
    } else if (command == "full" || command == "ids") {
      std::cout << time_encoding(tokenizer, text, command == "full") << std::endl;
    } else if (command.starts_with("write ")) {
      write_encodings(tokenizer, text, command.substr(6));
      std::cout << "done" << std::endl;
    } else {
      throw std::runtime_error("unknown command '" + command + "'; expected load, full, ids or write PATH");
    }
  }
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_encode_batch MODEL FILE\n";
    return 2;
  }
  try {
    mini_bert::serve(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::cerr << "bench_encode_batch: " << error.what() << "\n";
    return 1;
  }
}
