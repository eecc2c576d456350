// Training steps of BERT base: forward, backward, clipping, AdamW.
//
//   bench_train_step                            8 sentences of 128 tokens
//   bench_train_step --sentences 32 --steps 5
//   bench_train_step --batches FILE             given batches, one after the other
//
// The step is checked first. Two steps are not counted: they get memory from the system and fill the caches. Then the
// benchmark reports the median of --steps steps.
#include <fmt/format.h>

#include <algorithm>

#include "apps/console/command_line.h"
#include "bench/bert/on_demand.h"
#include "bench/bert/training_step.h"
#include "bench/bert/workload.h"
#include "bench/machine/fma_peak.h"
#include "mini_bert/bert/training/flops.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert::bench {
namespace {

struct Flags {
  std::string model, batches, check, precision = "f32";
  std::int64_t sentences = 8, length = 128, steps = 5, threads = 0;
  double learning_rate = 1e-4, weight_decay = 0.01;
  bool gradient_checkpointing = false, json = false, on_demand = false;
};

// Runs without dropout, so that another program can compute the same losses.
nlohmann::ordered_json updates_without_dropout(TrainingStep& step, const std::vector<Work>& works,
                                               Precision precision) {
  std::vector<double> losses, norms;
  for (const Work& work : works) {
    const UpdateResult result = step.run(work.batch, Mode::inference(precision));
    losses.push_back(result.loss);
    norms.push_back(result.grad_norm);
  }
  return {{"losses", losses}, {"grad_norms", norms}};
}

class TimedSteps {
 public:
  TimedSteps(TrainingStep& step, const std::vector<Work>& works, Precision precision, Kept kept)
      : step_(step), works_(works), precision_(precision), kept_(kept) {}

  const Work& next() const { return works_[taken_ % works_.size()]; }

  nlohmann::ordered_json run() {
    const Work& work = next();
    const std::size_t before = heap_allocations();
    const auto start = std::chrono::steady_clock::now();
    const UpdateResult result =
        step_.run(work.batch, Mode::training(1, static_cast<std::uint32_t>(taken_), precision_, kept_));
    const double milliseconds = milliseconds_since(start);
    const std::size_t allocated = heap_allocations() - before;
    ++taken_;
    return {{"ms", milliseconds}, {"loss", result.loss}, {"heap_allocations", allocated}};
  }

 private:
  TrainingStep& step_;
  const std::vector<Work>& works_;
  Precision precision_;
  Kept kept_;
  std::size_t taken_ = 0;
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

nlohmann::ordered_json measure(const Flags& flags, const BertConfig& config, TimedSteps& steps) {
  std::vector<double> milliseconds, tokens_per_second, flops;
  std::size_t allocations = 0;
  for (std::int64_t s = -2; s < flags.steps; ++s) {
    const Work& work = steps.next();
    const nlohmann::ordered_json step = steps.run();
    if (s == -2 && flags.model.empty()) check_first_loss(step.at("loss").get<double>(), config, work.batch.masked());
    if (s < 0) continue;
    const double seconds = step.at("ms").get<double>() * 1e-3;
    milliseconds.push_back(step.at("ms").get<double>());
    tokens_per_second.push_back(static_cast<double>(work.tokens()) / seconds);
    flops.push_back(training_flops(config, work.lengths, work.batch.masked()) / seconds);
    allocations = std::max(allocations, step.at("heap_allocations").get<std::size_t>());
  }
  const double peak = product_peak(flags.precision == "bf16" ? DType::bf16 : DType::f32, num_threads());
  return {{"precision", flags.precision},
          {"instruction_set", name_of(isa())},
          {"threads", num_threads()},
          {"steps", flags.steps},
          {"ms_per_step", median(milliseconds)},
          {"ms_fastest", std::ranges::min(milliseconds)},
          {"ms_slowest", std::ranges::max(milliseconds)},
          {"tokens_per_second", median(tokens_per_second)},
          {"gflops", median(flops) * 1e-9},
          {"gflops_peak", peak * 1e-9},
          {"share_of_peak", median(flops) / peak},
          {"peak_rss_mb", peak_resident_bytes() >> 20},
          {"heap_allocations_per_step", allocations}};
}

void print(const nlohmann::ordered_json& figures) {
  for (const auto& [name, value] : figures.items()) {
    fmt::print("{:<26} {}\n", name,
               value.is_number_float() ? fmt::format("{:.4g}", value.get<double>()) : value.dump());
  }
}

void run(const Flags& flags) {
  require(!flags.on_demand || !flags.check.empty(), "--on-demand needs --check FILE");
  if (flags.threads > 0) set_num_threads(static_cast<int>(flags.threads));
  const Precision precision = flags.precision == "bf16" ? Precision::mixed : Precision::full;
  check_training_step();
  const auto model = make_model(flags.model, WeightMemory::allocated);
  const std::vector<Work> works =
      flags.batches.empty() ? std::vector<Work>{random_work(flags.sentences, flags.length, model->config().vocab_size)}
                            : read_work(flags.batches, model->config());
  TrainingStep step(*model, flags.learning_rate, flags.weight_decay);
  TimedSteps steps(step, works, precision, flags.gradient_checkpointing ? Kept::layer_inputs : Kept::activations);
  if (flags.on_demand) {
    answer(updates_without_dropout(step, read_work(flags.check, model->config()), precision));
    return serve([&] { return steps.run(); });
  }
  const nlohmann::ordered_json figures = measure(flags, model->config(), steps);
  if (flags.json) {
    fmt::print("{}\n", figures.dump());
  } else {
    print(figures);
  }
}

}  // namespace
}  // namespace mini_bert::bench

int main(int argc, char** argv) {
  using namespace mini_bert;
  bench::Flags flags;
  CommandLine line("bench_train_step", "Times training steps of BERT base.");
  line.text("--model", flags.model, "directory of config.json and model.safetensors; none: BERT base, random weights");
  line.text("--batches", flags.batches, "JSON lines of ids, masked_rows, labels; none: random tokens");
  line.number<std::int64_t>("--sentences", flags.sentences, 1, 4096, "random sentences a batch");
  line.number<std::int64_t>("--length", flags.length, 2, 512, "tokens of each");
  line.number<std::int64_t>("--steps", flags.steps, 1, 10'000, "steps whose median is reported");
  line.number<std::int64_t>("--threads", flags.threads, 0, 1024, "0: all processors");
  line.choice("--precision", flags.precision, {"f32", "bf16"}, "of activations");
  line.number("--learning-rate", flags.learning_rate, 0.0, 1.0, "constant");
  line.number("--weight-decay", flags.weight_decay, 0.0, 1.0, "not of biases and LayerNorm");
  line.toggle("--gradient-checkpointing", flags.gradient_checkpointing, "compute activations again in backward");
  line.toggle("--json", flags.json, "one line of JSON");
  line.toggle("--on-demand", flags.on_demand, "a step for every line \"step\" of standard input; needs --check");
  line.text("--check", flags.check, "batches of updates without dropout whose losses are printed first");
  return line.run(argc, argv, [&] { bench::run(flags); });
}
