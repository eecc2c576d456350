// Measures the speed of encoding random lines of Chinese and English, and of learning a vocabulary from them.
#include "mini_bert/tokenizer/tokenizer.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "mini_bert/tokenizer/vocabulary_trainer.h"

namespace mini_bert {
namespace {

// Draws a rank in 0..count-1 with a probability proportional to 1 / rank, like those of words and characters (Zipf
// 1935).
size_t draw_rank(std::mt19937& random, size_t count) {
  const double uniform = std::uniform_real_distribution<double>()(random);
  return static_cast<size_t>(std::pow(static_cast<double>(count), uniform)) - 1;
}

std::vector<std::string> chinese_lines(size_t count) {
  std::mt19937 random(1);
  std::vector<std::string> lines(count);
  for (std::string& line : lines) {
    for (size_t i = 20 + random() % 60; i > 0; --i) {
      append_utf8(line, random() % 12 ? static_cast<char32_t>(0x4E00 + 7 * draw_rank(random, 2900)) : U'，');
    }
    line += "。";
  }
  return lines;
}

std::vector<std::string> english_lines(size_t count) {
  std::mt19937 random(2);
  std::vector<std::string> words(20000);
  for (std::string& word : words) {
    for (size_t i = 1 + random() % 10; i > 0; --i) word += "etaoinshrdlucmfwypvbgkjqxz"[draw_rank(random, 26)];
  }
  std::vector<std::string> lines(count);
  for (std::string& line : lines) {
    for (size_t i = 5 + random() % 20; i > 0; --i) line += words[draw_rank(random, words.size())] + " ";
    line += ".";
  }
  return lines;
}

WordCounter::Counts count_words(const std::vector<std::string>& lines) {
  WordCounter counter;
  for (const std::string& line : lines) counter.add_line(line);
  return counter.counts();
}

void encode_lines(benchmark::State& state, const std::vector<std::string>& lines) {
  const Tokenizer tokenizer(train_vocabulary(count_words(lines), {.size = 8000, .limit_alphabet = 6000}));
  // The result is checked before it is timed: decoding and encoding again must give the same result.
  for (const std::string& line : lines) {
    const Encoding encoding = tokenizer.encode(line);
    if (tokenizer.encode(tokenizer.decode(encoding.ids)).ids != encoding.ids)
      throw std::runtime_error("wrong: " + line);
  }
  size_t bytes = 0;
  size_t tokens = 0;
  for (auto _ : state) {
    for (const std::string& line : lines) {
      tokens += tokenizer.encode(line).ids.size();
      bytes += line.size();
    }
  }
  const auto rate = [](size_t n) { return benchmark::Counter(static_cast<double>(n), benchmark::Counter::kIsRate); };
  state.counters["lines/s"] = rate(lines.size() * state.iterations());
  state.counters["tokens/s"] = rate(tokens);
  state.counters["bytes/s"] = rate(bytes);
}

void encode_chinese(benchmark::State& state) {
  encode_lines(state, chinese_lines(2000));
}
void encode_english(benchmark::State& state) {
  encode_lines(state, english_lines(2000));
}

void count_chinese(benchmark::State& state) {
  const auto lines = chinese_lines(2000);
  for (auto _ : state) benchmark::DoNotOptimize(count_words(lines));
  state.counters["lines/s"] =
      benchmark::Counter(static_cast<double>(lines.size() * state.iterations()), benchmark::Counter::kIsRate);
}

void learn_english(benchmark::State& state) {
  const auto counts = count_words(english_lines(20000));
  for (auto _ : state) benchmark::DoNotOptimize(train_vocabulary(counts, {.size = 8000}));
}

BENCHMARK(encode_chinese)->Unit(benchmark::kMillisecond);
BENCHMARK(encode_english)->Unit(benchmark::kMillisecond);
BENCHMARK(count_chinese)->Unit(benchmark::kMillisecond);
BENCHMARK(learn_english)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mini_bert

BENCHMARK_MAIN();
