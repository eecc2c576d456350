// The task answer: finds the part of a text that answers a question.
#include <nlohmann/json.hpp>

#include "apps/console/command_line.h"
#include "apps/console/text_format.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/answer.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

// Joins --question and --context into one line, in the format of a line of a file.
std::vector<std::string> question_lines(const PredictOptions& options) {
  if (options.question.empty() != options.context.empty()) {
    throw UsageError("--question and --context belong together");
  }
  if (options.question.empty()) return options.texts;
  return {options.question + '\t' + options.context};
}

class AnswerPredictor : public Predictor {
 public:
  explicit AnswerPredictor(const PredictOptions& options)
      : options_(options), loaded_(load_for_answers<BertForQuestionAnswering>(options)) {}

  std::vector<std::string> answer(std::span<const Request> requests) const override {
    std::vector<Question> questions;
    for (const Request& request : requests) questions.push_back(question_of(request));
    const WindowOptions windows{.max_length = longest_sequence(loaded_.model->config(), loaded_.tokenizer),
                                .stride = options_.doc_stride};
    const auto answers = mini_bert::answer(*loaded_.model, loaded_.tokenizer, questions, windows,
                                           {.top_k = options_.top_k, .may_be_absent = options_.may_be_absent});
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      printed.push_back(options_.json ? json(answers[i]) : table(questions[i].question, answers[i]));
    }
    return printed;
  }

  // A .json or .jsonl file has the form of SQuAD. Other files have a question, a tab and a text in each row.
  std::vector<Request> read_file(const std::string& path, const std::string& text_column) const override {
    const std::string extension = data_extension(path);
    if (extension != ".json" && extension != ".jsonl" && extension != ".ndjson") {
      return requests_of_rows(path, text_column, {.takes_pair = true, .tabs_are_text = true},
                              {.text = "question", .pair = "context"});
    }
    std::vector<Request> requests;
    for (Question& question : read_questions(path, Answers::optional).questions) {
      if (!question.problem.empty()) {
        requests.push_back(broken_request(std::move(question.problem), std::move(question.given_id)));
        continue;
      }
      Request request{.place = fmt::format("{}: question {}", path, requests.size() + 1),
                      .is_object = true,
                      .id = std::move(question.given_id)};
      request.fields = {{"question", std::move(question.question)}, {"context", std::move(question.context)}};
      requests.push_back(std::move(request));
    }
    return requests;
  }

 private:
  static Question question_of(const Request& request) {
    if (request.is_object) {
      return {.id = {}, .question = request.field("question"), .context = request.field("context"), .answers = {}};
    }
    const std::string& text = request.text;
    const std::size_t tab = text.find('\t');
    require(tab != std::string::npos,
            "no tab in \"{}\"; give --question and --context, or lines of a question, a tab and a text", text);
    return {.id = {}, .question = text.substr(0, tab), .context = text.substr(tab + 1), .answers = {}};
  }

  static std::string json(const std::vector<AnswerSpan>& answers) {
    Json rows = Json::array();
    for (const AnswerSpan& answer : answers) {
      rows.push_back(
          {{"score", answer.score}, {"start", answer.begin}, {"end", answer.end}, {"answer", answer.answer}});
    }
    return (rows.size() == 1 ? rows.front() : rows).dump() + '\n';
  }

  static std::string table(const std::string& question, const std::vector<AnswerSpan>& answers) {
    std::string table = question + '\n';
    for (const AnswerSpan& answer : answers) {
      table += fmt::format("  {:>7}  {}  {}..{}\n", format_percent(answer.score),
                           answer.answer.empty() ? "(no answer)" : answer.answer, answer.begin, answer.end);
    }
    return table;
  }

  PredictOptions options_;
  Pretrained<BertForQuestionAnswering> loaded_;
};

}  // namespace

Task answer_task() {
  return {
      .training =
          TrainingTask{
              .name = "answer",
              .help = "find the answer to a question in a text",
              .flags = {{"doc-stride"}},
              .read = read_answer_inputs,
              .entry = "question",
              .loss = "How much the right beginnings and ends of answers surprise the model: −ln of the probability it "
                      "gives them, on average.",
              .ask = "answer --model {} --question '…' --context '…'"},
      .prediction = PredictionTask{
          .name = "answer",
          .help = "where does a text answer a question?",
          .flags = {{"text-column"}, {"question"}, {"context"}, {"doc-stride"}, {"top-k"}, {"may-be-absent"}},
          .input = "a question, a tab and a text",
          .make = [](const PredictOptions& options) -> std::unique_ptr<Predictor> {
            return std::make_unique<AnswerPredictor>(options);
          },
          .inputs = question_lines}};
}

}  // namespace mini_bert
