// What a build computes, for tests/web/compare.mjs to hold the WebAssembly build to the native one:
//   web_results results MODEL_FOLDER          losses of 20 training steps, and answers to 200 texts with a blank
//   web_results times MODEL_FOLDER [THREADS]  how long loading, answering and training take

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/masking.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/clip_grad.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/simd/isa.h"

using namespace mini_bert;

namespace {

constexpr std::array<std::string_view, 20> people = {"刘备", "关羽",   "张飞", "诸葛亮", "赵云", "曹操", "孙权",
                                                     "周瑜", "司马懿", "吕布", "貂蝉",   "黄忠", "马超", "庞统",
                                                     "鲁肃", "陆逊",   "姜维", "邓艾",   "袁绍", "董卓"};
// [?] is the blank; * is the person.
constexpr std::array<std::string_view, 10> patterns = {
    "*是蜀国的[?]。",
    "三国人物*，字[?]德。",
    "*的[?]很高，Ａ１２３ＡＢＣ，人人都敬重。",
    "[?]日天气很好，*在江边吹竹笛。",
    "*说：“我[?]去！”众将都不敢说话。",
    "Ce héros s'appelle *, and he is [?].",
    "*有一匹[?]马，日行千里，夜走八百；渡河时水没马腹，仍不肯停。",
    "百姓问*：粮食[?]够吗？答：够。😀",
    "建安十三年，*领兵[?]万，屯于江夏，与吴军隔水相望，两军数月不战。",
    "*[?]"};

// Every person in every pattern, with `blank` for the blank.
std::vector<std::string> sentences(std::string_view blank) {
  std::vector<std::string> all;
  for (const std::string_view person : people) {
    for (const std::string_view pattern : patterns) {
      std::string text(pattern);
      text.replace(text.find('*'), 1, person);
      text.replace(text.find("[?]"), 3, blank);
      all.push_back(std::move(text));
    }
  }
  return all;
}

// Fine-tuning as the program does it, one batch per step.
class Training {
 public:
  explicit Training(PretrainedModel& pretrained)
      : model_(*pretrained.model),
        masker_(pretrained.tokenizer, 0.15),
        parameters_(model_.parameters()),
        optimizer_(parameters_, {.weight_decay = 0.01}) {
    std::vector<Sample> samples;
    for (const std::string& text : sentences("大")) samples.push_back({.text = text});
    texts_ = make_dataset(samples, pretrained.tokenizer, 128, Layout::text_per_sequence);
  }

  double step() {
    constexpr std::uint32_t batch_size = 16, seed = 1;
    const auto batches = static_cast<std::uint32_t>(texts_.sequences.size()) / batch_size;
    const auto first = texts_.sequences.begin() + batch_size * (step_ % batches);
    const MaskedBatch batch = masker_.mask({first, first + batch_size}, seed, step_);
    for (auto sequence = first; sequence != first + batch_size; ++sequence) tokens_ += std::ssize(sequence->ids);
    model_.clear_grads();
    Tape tape;
    Mode mode = Mode::training(seed, step_++);
    const Var loss = model_.loss(batch, static_cast<double>(batch.masked()), mode);
    tape.backward(loss);
    optimizer_.step(5e-4, clip_scale(gradient_norm(parameters_), 1));
    return loss.value().data<float>()[0];
  }

  Index tokens() const { return tokens_; }  // of all steps

 private:
  BertForMaskedLM& model_;
  Masker masker_;
  std::vector<Parameter> parameters_;
  AdamW optimizer_;
  Dataset texts_;
  std::uint32_t step_ = 0;
  Index tokens_ = 0;
};

void print_results(const char* folder) {
  PretrainedModel pretrained = load_pretrained(folder, {.memory = WeightMemory::allocated});
  for (const std::string& text : sentences("[MASK]")) {
    const auto answers = fill_mask(*pretrained.model, pretrained.tokenizer, text).at(0);
    std::printf("answers");
    for (const FillMaskAnswer& answer : answers) std::printf(" %d %.9g", answer.token, answer.score);
    std::printf("\n");
  }
  Training training(pretrained);
  for (int step = 0; step < 20; ++step) std::printf("loss %.9g\n", training.step());
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void print_times(const char* folder) {
  auto start = std::chrono::steady_clock::now();
  PretrainedModel pretrained = load_pretrained(folder, {.memory = WeightMemory::allocated});
  std::printf("%d threads, %s\n", num_threads(), std::string(name_of(isa())).c_str());
  std::printf("load     %8.1f ms\n", milliseconds_since(start));

  start = std::chrono::steady_clock::now();
  const std::string_view text = "三国人物诸葛[MASK]";
  const FillMaskAnswer best = fill_mask(*pretrained.model, pretrained.tokenizer, text).at(0).at(0);
  std::printf("answer   %8.1f ms, the first: %s, %.1f %%\n", milliseconds_since(start), best.token_str.c_str(),
              100 * best.score);
  constexpr int answers = 50;
  start = std::chrono::steady_clock::now();
  for (int i = 0; i < answers; ++i) fill_mask(*pretrained.model, pretrained.tokenizer, text);
  std::printf("answer   %8.1f ms, mean of %d\n", milliseconds_since(start) / answers, answers);

  Training training(pretrained);
  training.step();  // reserves memory
  const Index before = training.tokens();
  start = std::chrono::steady_clock::now();
  for (int step = 0; step < 20; ++step) training.step();
  std::printf("training %8.0f tokens/s\n",
              static_cast<double>(training.tokens() - before) / milliseconds_since(start) * 1000);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view what = argc >= 3 ? argv[1] : "";
  require(what == "results" || what == "times", "usage: web_results results|times MODEL_FOLDER [THREADS]");
  if (argc > 3) set_num_threads(std::atoi(argv[3]));
  what == "results" ? print_results(argv[2]) : print_times(argv[2]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
