// Asks a model: mini_bert_predict fill-mask --model DIR "今天天气很[MASK]。"
#include <unistd.h>

#include <fmt/core.h>

#include <algorithm>
#include <iostream>

#include "apps/console/command_line.h"
#include "apps/console/download_console.h"
#include "apps/predict/predict_options.h"
#include "apps/predict/predict_tasks.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

void print(const PredictTask& task, std::span<const std::string> texts) {
  constexpr std::size_t chunk = 256;  // enough to pack batches of like lengths, few enough to see something soon
  for (std::size_t begin = 0; begin < texts.size(); begin += chunk) {
    for (const std::string& printed : task.answer(texts.subspan(begin, std::min(chunk, texts.size() - begin)))) {
      fmt::print("{}", printed);
    }
    std::fflush(stdout);
  }
}

void answer_standard_input(const PredictTask& task, const PredictOptions& options) {
  std::ios::sync_with_stdio(false);  // so that std::cin reads ahead and knows what is waiting
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  if (is_terminal) {
    fmt::print(stderr, "Type a text{} and press Enter; Ctrl-D ends.\n",
               options.task == "fill-mask" ? " with a [MASK]" : "");
  }
  std::vector<std::string> texts;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    texts.push_back(line);
    // More is waiting to be read: packed together it is answered faster.
    if (!is_terminal && std::cin.rdbuf()->in_avail() > 0) continue;
    print(task, texts);
    texts.clear();
  }
  print(task, texts);
}

void predict(const PredictOptions& options) {
  const auto usage = [](bool ok, const char* message) {
    if (!ok) throw UsageError(message);
  };
  usage(options.file.empty() || options.texts.empty(), "--file and texts exclude each other");
  usage(options.question.empty() == options.context.empty(), "--question and --context belong together");
  usage(options.question.empty() || options.task == "answer", "--question and --context go with answer");
  usage(!options.joint || options.task == "fill-mask", "--joint goes with fill-mask");
  if (options.threads > 0) set_num_threads(static_cast<int>(options.threads));
  bring_model(options.model);
  const std::unique_ptr<PredictTask> task = make_predict_task(options);
  if (!options.question.empty()) return print(*task, std::vector{options.question + '\t' + options.context});
  if (!options.texts.empty()) return print(*task, options.texts);
  if (options.file.empty()) return answer_standard_input(*task, options);
  std::vector<std::string> texts;
  for (Sample& sample : read_samples(options.file, {.text_column = options.text_column}).samples) {
    texts.push_back(std::move(sample.text));
  }
  print(*task, texts);
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  using namespace mini_bert;
  PredictOptions options;
  CommandLine line(
      "mini_bert_predict",
      "Asks a BERT. fill-mask: which words fit where a text says [MASK]? classify: which label does a text "
      "have? tag: which words are names, places, …? answer: where does a text answer a question? embed: a text as a "
      "vector. score: how likely is a "
      "text?");
  declare_flags(line, options);
  return line.run(argc, argv, [&] { predict(options); });
}
