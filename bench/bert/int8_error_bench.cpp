// Which products make answers in int8 wrong: rounds one kind of weight at a time, with its activations, and compares
// the scores of blanks with those in f32. It measures errors, not time.
//
//   bench_int8_error                                            the shipped model, from the root of the repository
//   bench_int8_error --model DIR --blanks FILE --texts FILE     another model or other texts
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

#include "apps/console/command_line.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/cloze.h"
#include "mini_bert/bert/training/guard.h"

namespace mini_bert::bench {
namespace {

struct Flags {
  std::string model = "models/mini-bert-zh", blanks = "data/guard-zh.jsonl", texts = "data/zhugetao/train.json";
};

struct Blanks {
  std::vector<Sequence> sequences;
  std::vector<std::vector<std::int32_t>> rows;
};

// Those of a guard, and every sixth token of each text of a file, one at a time.
Blanks read_blanks(const Flags& flags, const Tokenizer& tokenizer, Index most) {
  Blanks blanks;
  const Guard guard = read_guard(flags.blanks, tokenizer, most);
  for (const Guard::Blank& blank : guard.blanks) {
    blanks.sequences.push_back(guard.sequences[static_cast<std::size_t>(blank.sequence)]);
    blanks.rows.push_back({static_cast<std::int32_t>(blank.token)});
  }
  for (const Sample& sample : read_samples(flags.texts, {}).samples) {
    const Encoding encoding = tokenizer.encode(sample.text, cut_to(most));
    for (std::int32_t token = 2; token + 1 < encoding.size(); token += 6) {
      blanks.sequences.push_back({encoding.ids, encoding.type_ids});
      blanks.sequences.back().ids[static_cast<std::size_t>(token)] = tokenizer.mask_id();
      blanks.rows.push_back({token});
    }
  }
  return blanks;
}

using Scores = std::vector<std::vector<float>>;  // of each blank

Scores scores_of(const BertForMaskedLM& model, const Blanks& blanks) {
  Scores scores(blanks.sequences.size());
  for_each_row(model, blanks.sequences, blanks.rows, [&](std::size_t s, std::size_t, std::span<const float> logits) {
    scores[s].assign(logits.begin(), logits.end());
  });
  return scores;
}

double deviation(const Scores& scores, const Scores& from) {
  double sum = 0, squares = 0, count = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < scores[i].size(); ++j) {
      const double x = static_cast<double>(scores[i][j]) - (from.empty() ? 0.0f : from[i][j]);
      sum += x;
      squares += x * x;
      ++count;
    }
  }
  return std::sqrt(std::max(squares / count - sum / count * (sum / count), 0.0));
}

double share_with_same_best(const Scores& a, const Scores& b) {
  const auto best = [](const std::vector<float>& row) { return std::ranges::max_element(row) - row.begin(); };
  double same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += best(a[i]) == best(b[i]) ? 1 : 0;
  return same / static_cast<double>(a.size());
}

// The weights that int8 rounds, by path without the number of the layer.
std::map<std::string, std::vector<Parameter>> rounded_kinds(const BertForMaskedLM& model) {
  static const std::regex number("\\.[0-9]+\\.");
  std::map<std::string, std::vector<Parameter>> kinds;
  for (const Parameter& parameter : model.parameters()) {
    if (weight_use(parameter, AnswerPrecision::int8, Asked::often) != WeightUse::int8) continue;
    kinds[std::regex_replace(parameter.path, number, ".*.")].push_back(parameter);
  }
  return kinds;
}

void run(const Flags& flags) {
  const PretrainedModel loaded = load_pretrained(flags.model);
  const BertForMaskedLM& model = *loaded.model;
  const Blanks blanks = read_blanks(flags, loaded.tokenizer, longest_sequence(model.config(), loaded.tokenizer));
  loaded.model->answer_in(AnswerPrecision::f32);
  const Scores exact = scores_of(model, blanks);
  const double spread = deviation(exact, {});
  fmt::print("{} blanks; an error is a share of the deviation of all scores\n", exact.size());
  const auto print = [&](const std::string& name) {
    const Scores rounded = scores_of(model, blanks);
    fmt::print("{:<44} error {:5.2f} %   same best word {:5.1f} %\n", name, 100 * deviation(rounded, exact) / spread,
               100 * share_with_same_best(rounded, exact));
  };
  for (const auto& [name, weights] : rounded_kinds(model)) {
    for (const Parameter& parameter : weights) parameter.weight.set_use(WeightUse::int8);
    print(name);
    for (const Parameter& parameter : weights) parameter.weight.set_use(WeightUse::panels);
  }
  loaded.model->answer_in(AnswerPrecision::int8);
  print("all of them: --precision int8");
  loaded.model->answer_in(AnswerPrecision::bf16);
  print("--precision bf16");
}

}  // namespace
}  // namespace mini_bert::bench

int main(int argc, char** argv) {
  using namespace mini_bert;
  bench::Flags flags;
  CommandLine line("bench_int8_error", "Compares scores in int8 with those in f32, for one kind of weight at a time.");
  line.text("--model", flags.model, "directory of a model for masked words");
  line.text("--blanks", flags.blanks, "texts with a [MASK] and their answers");
  line.text("--texts", flags.texts, "texts of which every sixth token is masked");
  return line.run(argc, argv, [&] { bench::run(flags); });
}
