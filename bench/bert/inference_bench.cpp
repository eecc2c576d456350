// BERT base fills blanks: the encoder, and the head for one row per sentence.
//
//   bench_inference                    one sentence of 16 tokens
//   bench_inference --batches FILE     given batches, all of them a pass
//   bench_inference --profile          and how much of a pass each operation takes
//
// The scores are first compared with those of the same model in double. Two passes are not counted. Then the benchmark
// reports the median of --passes passes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "apps/console/command_line.h"
#include "bench/bert/on_demand.h"
#include "bench/bert/workload.h"
#include "bench/machine/fma_peak.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/training/flops.h"
#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert::bench {
namespace {

struct Flags {
  std::string model, batches, check, precision = "f32";
  std::int64_t sentences = 1, length = 16, passes = 20, threads = 0;
  bool mapped = false, json = false, on_demand = false, in_place = false, profile = false;
};

// The scores [M,V] of the masked rows.
Tensor scores(const BertForMaskedLM& model, const MaskedBatch& batch) {
  const NoGrad no_grad;
  Mode mode = model.answer_mode();
  return model.logits(batch.tokens, batch.masked_rows, mode).value();
}

// Every 97th score of each row, for comparison with another program.
nlohmann::ordered_json sample(const Tensor& scores) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (Index row = 0; row < scores.rows(); ++row) {
    std::vector<float> values;
    for (Index col = 0; col < scores.cols(); col += 97)
      values.push_back(scores.data<float>()[row * scores.cols() + col]);
    rows.push_back(values);
  }
  return rows;
}

// The largest error of a score that is no mistake, as a share of the largest score.
double allowed_error(AnswerPrecision precision) {
  return precision == AnswerPrecision::f32 ? 1e-4 : precision == AnswerPrecision::bf16 ? 5e-2 : 0.15;
}

// Error unless the scores equal those of the definition in double, up to allowed_error().
void check_scores(const BertForMaskedLM& model, const MaskedBatch& batch) {
  BertForMaskedLM exact(model.config(), DType::f64);
  const std::vector<Parameter> from = model.parameters(), to = exact.parameters();
  for (std::size_t p = 0; p < from.size(); ++p) to[p].value().copy_from(from[p].value().to(DType::f64));
  const Tensor actual = scores(model, batch), expected = scores(exact, batch);
  double error = 0, largest = 0;
  for (Index i = 0; i < actual.size(); ++i) {
    const double difference = std::abs(actual.data<float>()[i] - expected.data<double>()[i]);
    error = std::isnan(difference) ? INFINITY : std::max(error, difference);
    largest = std::max(largest, std::abs(expected.data<double>()[i]));
  }
  require(error <= allowed_error(model.answer_precision()) * largest,
          "scores differ from those in double by {}, the largest is {}; nothing was timed", error, largest);
}

// The best answer to each blank: the result that a program which fills blanks needs.
std::vector<Index> fill(const BertForMaskedLM& model, const MaskedBatch& batch) {
  const Tensor all = scores(model, batch);
  std::vector<Index> best(static_cast<std::size_t>(all.rows()));
  parallel_for(all.rows(), 1, [&](Index row) {
    const auto of_row = matrix<float>(all).row(row);
    const float largest = of_row.maxCoeff();  // with SIMD, like the argmax of numpy that the other engines use
    best[static_cast<std::size_t>(row)] = std::find(of_row.begin(), of_row.end(), largest) - of_row.begin();
  });
  return best;
}

double milliseconds_of_pass(const BertForMaskedLM& model, const std::vector<Work>& works) {
  const auto start = std::chrono::steady_clock::now();
  for (const Work& work : works) fill(model, work.batch);
  return milliseconds_since(start);
}

// A row for each operation, slowest first, and one for everything else: calls and ms in a pass, share of a pass. Only
// passes that are counted were profiled.
nlohmann::ordered_json profile_of_pass(const std::vector<double>& milliseconds) {
  const double passes = static_cast<double>(milliseconds.size());
  const double whole = std::accumulate(milliseconds.begin(), milliseconds.end(), 0.0) / passes;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  double rest = whole;
  const auto add = [&](std::string_view name, double calls, double ms) {
    rows.push_back({{"operation", name}, {"calls", calls}, {"ms", ms}, {"share", ms / whole}});
    rest -= ms;
  };
  for (const profile::Row& row : profile::rows()) {
    add(row.name, static_cast<double>(row.forward_calls) / passes, 1e3 * row.forward_seconds / passes);
  }
  add("everything else", 0, rest);
  return rows;
}

// The peak of the instructions that this precision multiplies with. That of f32 for int8 without instructions for it.
double peak_of(AnswerPrecision precision) {
  if (precision == AnswerPrecision::int8 && has_int8_instructions(isa())) return int8_peak(num_threads());
  return product_peak(precision == AnswerPrecision::bf16 ? DType::bf16 : DType::f32, num_threads());
}

nlohmann::ordered_json measure(const Flags& flags, const BertForMaskedLM& model, const std::vector<Work>& works) {
  double flops = 0;
  Index sentences = 0;
  for (const Work& work : works) {
    flops += forward_flops(model.config(), work.lengths, work.batch.masked());
    sentences += std::ssize(work.lengths);
  }
  std::vector<double> milliseconds;
  for (std::int64_t pass = -2; pass < flags.passes; ++pass) {
    if (pass == 0 && flags.profile) profile::enable();
    const double time = milliseconds_of_pass(model, works);
    if (pass >= 0) milliseconds.push_back(time);
  }
  const nlohmann::ordered_json profiled = flags.profile ? profile_of_pass(milliseconds) : nullptr;
  std::ranges::sort(milliseconds);
  const double median = milliseconds[milliseconds.size() / 2];
  const double peak = peak_of(model.answer_precision());
  nlohmann::ordered_json figures = {{"precision", flags.precision},
                                    {"instruction_set", name_of(isa())},
                                    {"threads", num_threads()},
                                    {"passes", flags.passes},
                                    {"ms", median},
                                    {"ms_fastest", milliseconds.front()},
                                    {"ms_slowest", milliseconds.back()},
                                    {"sentences_per_second", 1e3 * static_cast<double>(sentences) / median},
                                    {"gflops", flops / median * 1e-6},
                                    {"share_of_peak", flops / median * 1e3 / peak},
                                    {"peak_rss_mb", peak_resident_bytes() >> 20}};
  if (flags.profile) figures["profile"] = profiled;
  return figures;
}

void run(const Flags& flags) {
  require(!flags.in_place || flags.precision == "f32", "--in-place goes with --precision f32");
  require(!flags.on_demand || !flags.check.empty(), "--on-demand needs --check FILE");
  require(!flags.on_demand || !flags.profile, "--profile and --on-demand exclude each other");
  if (flags.threads > 0) set_num_threads(static_cast<int>(flags.threads));
  const auto model = make_model(flags.model, flags.mapped ? WeightMemory::mapped : WeightMemory::allocated);
  if (!flags.in_place) model->answer_in(answer_precision_named(flags.precision));
  const std::vector<Work> works =
      flags.batches.empty() ? std::vector<Work>{random_work(flags.sentences, flags.length, model->config().vocab_size)}
                            : read_work(flags.batches, model->config());
  if (flags.on_demand) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const Work& work : read_work(flags.check, model->config())) {
      for (const auto& row : sample(scores(*model, work.batch))) rows.push_back(row);
    }
    answer({{"scores", rows}});
    std::size_t taken = 0;
    return serve([&] {
      const MaskedBatch& batch = works[taken++ % works.size()].batch;
      const auto start = std::chrono::steady_clock::now();
      fill(*model, batch);
      return nlohmann::ordered_json{{"ms", milliseconds_since(start)}};
    });
  }
  check_scores(*model, works.front().batch);
  const nlohmann::ordered_json figures = measure(flags, *model, works);
  fmt::print("{}\n", figures.dump(flags.json ? -1 : 2));
}

}  // namespace
}  // namespace mini_bert::bench

int main(int argc, char** argv) {
  using namespace mini_bert;
  bench::Flags flags;
  CommandLine line("bench_inference", "Times BERT base filling blanks.");
  line.text("--model", flags.model, "directory of config.json and model.safetensors; none: BERT base, random weights");
  line.text("--batches", flags.batches, "JSON lines of ids, masked_rows, labels; none: random tokens");
  line.number<std::int64_t>("--sentences", flags.sentences, 1, 4096, "random sentences a batch");
  line.number<std::int64_t>("--length", flags.length, 2, 512, "tokens of each");
  line.number<std::int64_t>("--passes", flags.passes, 1, 10'000, "passes whose median is reported");
  line.number<std::int64_t>("--threads", flags.threads, 0, 1024, "0: all processors");
  line.choice("--precision", flags.precision, {"f32", "bf16", "int8"}, "as mini_bert_predict has it");
  line.toggle("--in-place", flags.in_place, "multiply with the weights where they are, without panels; f32 only");
  line.toggle("--mapped", flags.mapped,
              "leave the weights in the file as the programs do, in halves where they are stored so");
  line.toggle("--profile", flags.profile, "also the time of each operation");
  line.toggle("--json", flags.json, "one line of JSON");
  line.toggle("--on-demand", flags.on_demand, "a batch for every line \"step\" of standard input; needs --check");
  line.text("--check", flags.check, "batches whose scores are printed first");
  return line.run(argc, argv, [&] { bench::run(flags); });
}
