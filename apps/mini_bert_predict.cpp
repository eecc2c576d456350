// Asks a model a question: mini_bert_predict fill-mask --model DIR "今天天气很[MASK]。"
#include <unistd.h>

#include <fmt/core.h>

#include <iostream>

#include "apps/console/command_line.h"
#include "apps/console/download_console.h"
#include "apps/predict/predict_options.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/tasks.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

void print(const std::string& answers) {
  fmt::print("{}", answers);
  std::fflush(stdout);
}

void answer(const Predictor& predictor, const std::vector<std::string>& texts) {
  answer_in_chunks(
      std::span<const std::string>(texts), [&](auto part) { return predictor.answer(part); }, print);
}

void answer_standard_input(const Predictor& predictor, const std::string& input) {
  std::ios::sync_with_stdio(false);  // std::cin then buffers its input, so in_avail() knows what is waiting
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  if (is_terminal) fmt::print(stderr, "Type {} and press Enter; Ctrl-D ends.\n", input);
  std::vector<std::string> texts;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    texts.push_back(line);
    // More lines are waiting. It is faster to answer them together, packed into one batch.
    if (!is_terminal && std::cin.rdbuf()->in_avail() > 0) continue;
    answer(predictor, texts);
    texts.clear();
  }
  answer(predictor, texts);
}

void predict(const PredictOptions& options, const std::vector<std::string>& changed) {
  const PredictionTask& task = prediction_task(options.task);
  check_flags(task, changed);
  if (!options.file.empty() && !options.texts.empty()) throw UsageError("--file and texts exclude each other");
  const std::vector<std::string> texts = task.inputs != nullptr ? task.inputs(options) : options.texts;
  if (options.threads > 0) set_num_threads(static_cast<int>(options.threads));
  bring_model(options.model);
  const std::unique_ptr<Predictor> predictor = task.make(options);
  if (!texts.empty()) return answer(*predictor, texts);
  if (!options.file.empty()) return predictor->answer_file(options, print);
  answer_standard_input(*predictor, task.input);
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  using namespace mini_bert;
  PredictOptions options;
  CommandLine line("mini_bert_predict", "Asks a BERT. " + prediction_tasks_help());
  declare_flags(line, options);
  return line.run(argc, argv, [&] { predict(options, line.changed()); });
}
