// Asks a model a question: mini_bert_predict fill-mask --model DIR "今天天气很[MASK]。"
#include <unistd.h>

#include <filesystem>

#include <fmt/core.h>

#include "apps/console/command_line.h"
#include "apps/console/data_files.h"
#include "apps/console/download_console.h"
#include "apps/console/guarded_main.h"
#include "apps/console/terminal.h"
#include "apps/predict/answering.h"
#include "apps/predict/line_reader.h"
#include "apps/predict/predict_options.h"
#include "apps/tasks/tasks.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

// Only lines of standard input, with --json, may be objects.
void note_object(const std::string& text) {
  if (!looks_like_object(text)) return;
  print_message(fmt::format(
      "mini_bert_predict: {} looks like a JSON object and is read as a text; objects are read from standard "
      "input, with --json",
      in_quotes(text)));
}

// An empty text that somebody typed is a mistake. In a file or in a pipe it is a row like others.
std::vector<Request> requests_of(const std::vector<std::string>& texts) {
  std::vector<Request> requests;
  for (const std::string& text : texts) {
    const std::string place = texts.size() == 1 ? "" : fmt::format("text {}", requests.size() + 1);
    Request request = text_request(text, place);
    note_object(text);
    if (is_blank(text)) request.is_mistake = true;
    requests.push_back(std::move(request));
  }
  return requests;
}

// Answers until the end of the input. Lines that arrive together are answered together, packed into batches.
void answer_standard_input(Answering& answering, const PredictOptions& options, const std::string& input) {
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  if (is_terminal) print_message(fmt::format("Type {} and press Enter; Ctrl-D ends.", input));
  LineReader reader(STDIN_FILENO);
  std::size_t number = 0;
  bool is_noted = false;
  for (std::vector<std::string> lines; !(lines = reader.read()).empty();) {
    std::vector<Request> requests;
    for (std::string& line : lines) {
      ++number;
      if (is_terminal && line.empty()) continue;
      std::string place = is_terminal ? "" : fmt::format("line {}", number);
      if (!options.json && !is_noted && looks_like_object(line)) {
        note_object(line);
        is_noted = true;
      }
      requests.push_back(options.json ? json_request(std::move(line), std::move(place))
                                      : text_request(std::move(line), std::move(place)));
    }
    answering.answer(requests);
  }
}

// The name of a data file would be answered like any text.
void refuse_data_file(const std::string& text) {
  std::error_code ignored;
  for (const char* extension : {".txt", ".csv", ".tsv", ".json", ".jsonl", ".ndjson"}) {
    if (!text.ends_with(extension) || !std::filesystem::is_regular_file(text, ignored)) continue;
    throw UsageError(fmt::format("'{}' is a file; write --file {} to read it", text, text));
  }
}

// Returns the exit code.
int predict(const PredictOptions& options, const CommandLine& line) {
  const PredictionTask& task = prediction_task(options.task);
  check_flags(task, line.given_names());
  if (!options.files.empty() && !options.texts.empty())
    throw UsageError(
        fmt::format("--file and texts exclude each other, and '{}' stands alone; write --file before each file",
                    options.texts.front()));
  check_data_files(options.files);
  require_data_files(options.files);
  if (options.files.empty()) {
    for (const std::string& text : options.texts) refuse_data_file(text);
  }
  if (!options.text_column.empty() && options.files.empty()) throw UsageError("--text-column goes with --file");
  const std::vector<std::string> texts = task.inputs != nullptr ? task.inputs(options) : options.texts;
  if (options.threads > 0) set_num_threads(static_cast<int>(options.threads));
  bring_model(options.model);
  const std::unique_ptr<Predictor> predictor = task.make(options);
  Answering answering(*predictor, options.json, [&](const std::exception& error) { return line.message(error); });
  if (!texts.empty()) {
    answering.answer(requests_of(texts));
  } else if (!options.files.empty()) {
    for (const std::string& file : options.files) {
      answering.answer(predictor->read_file(file, options.text_column));
    }
  } else {
    answer_standard_input(answering, options, task.input);
  }
  // With JSON an error is an answer. Only texts of the command line fail the command, since somebody typed them.
  const bool failed = answering.failures() > 0 && (!options.json || !texts.empty());
  return failed ? 1 : 0;
}

int predict_main(int argc, char** argv) {
  PredictOptions options;
  CommandLine line("mini_bert_predict", "Asks a BERT. " + prediction_tasks_help());
  line.examples({"mini_bert_predict fill-mask --model models/mini-bert-zh '诸葛亮字孔[MASK]'",
                 "mini_bert_predict classify --model out --file reviews.csv --json",
                 "mini_bert_predict embed --model out --json < lines.txt"});
  declare_flags(line, options);
  int exit_code = 0;
  const int failure = line.run(argc, argv, [&] { exit_code = predict(options, line); });
  return failure != 0 ? failure : exit_code;
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  return mini_bert::guarded_main("mini_bert_predict", argc, argv, mini_bert::predict_main);
}
