// The task choose: picks the right one of several answers, or of several endings of a sentence.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/console/command_line.h"
#include "apps/console/text_format.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/choose.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

// With --context or --question, the texts on the command line are the choices.
std::vector<std::string> choice_lines(const PredictOptions& options) {
  if (options.context.empty() && options.question.empty()) return options.texts;
  if (options.texts.size() < 2) throw UsageError("--context and --question go with two choices at least");
  std::string line = options.context;
  std::ranges::replace(line, '\t', ' ');
  for (std::string choice : options.texts) {
    std::ranges::replace(choice, '\t', ' ');
    line += '\t' + choice;
  }
  return {line};
}

class ChoosePredictor : public Predictor {
 public:
  explicit ChoosePredictor(const PredictOptions& options)
      : options_(options), loaded_(load_for_answers<BertForMultipleChoice>(options)) {}

  std::vector<std::string> answer(std::span<const Request> requests) const override {
    std::vector<ChoiceQuestion> questions;
    for (const Request& request : requests) questions.push_back(question_of(request));
    const auto answers = choose(*loaded_.model, loaded_.tokenizer, questions);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      printed.push_back(options_.json ? json(questions[i], answers[i]) : table(questions[i], answers[i]));
    }
    return printed;
  }

  std::vector<Request> read_file(const std::string& path, const std::string& /*text_column*/) const override {
    std::vector<Request> requests;
    for (ChoiceQuestion& question : read_choice_questions(path, Answers::optional).questions) {
      if (!question.problem.empty()) {
        requests.push_back(broken_request(std::move(question.problem), std::move(question.id)));
        continue;
      }
      Request request{.place = fmt::format("{}: question {}", path, question.number),
                      .is_object = true,
                      .id = std::move(question.id)};
      request.fields = {{"context", std::move(question.context)},
                        {"question", std::move(question.question)},
                        {"opening", std::move(question.opening)}};
      request.choices = std::move(question.choices);
      requests.push_back(std::move(request));
    }
    return requests;
  }

 private:
  ChoiceQuestion question_of(const Request& request) const {
    ChoiceQuestion question = request.is_object ? question_of_fields(request) : question_of_line(request.text);
    if (question.question.empty()) question.question = options_.question;
    require(!request.is_object || question.choices.size() >= 2,
            "the request has {} texts in \"choices\", expected two or more; send {{\"context\": \"…\", \"question\": "
            "\"…\", "
            "\"choices\": [\"…\", \"…\"]}}",
            question.choices.size());
    require(question.choices.size() >= 2,
            "{} choices in \"{}\"; give lines of a text and at least two choices, with tabs between them, or "
            "--context, --question and the choices",
            question.choices.size(), request.text);
    return question;
  }

  static ChoiceQuestion question_of_fields(const Request& request) {
    const auto text = [&](std::string_view name) {
      const std::string* const found = request.find(name);
      return found == nullptr ? std::string() : *found;
    };
    return {.context = text("context"),
            .question = text("question"),
            .opening = text("opening"),
            .choices = request.choices,
            .answer = {},
            .number = 0};
  }

  // Parses "context<TAB>choice<TAB>choice…".
  static ChoiceQuestion question_of_line(const std::string& text) {
    ChoiceQuestion question;
    std::size_t begin = text.find('\t');
    question.context = text.substr(0, begin);
    while (begin != std::string::npos) {
      const std::size_t end = text.find('\t', begin + 1);
      question.choices.push_back(text.substr(begin + 1, end == std::string::npos ? end : end - begin - 1));
      begin = end;
    }
    return question;
  }

  static std::string json(const ChoiceQuestion& question, const std::vector<ChoiceScore>& answers) {
    Json rows = Json::array();
    for (const ChoiceScore& answer : answers) {
      rows.push_back({{"label", question.choices[answer.choice]}, {"score", answer.score}});
    }
    return rows.dump() + '\n';
  }

  static std::string table(const ChoiceQuestion& question, const std::vector<ChoiceScore>& answers) {
    std::string table;
    for (const std::string* part : {&question.context, &question.question, &question.opening}) {
      if (!part->empty()) table += *part + '\n';
    }
    for (const ChoiceScore& answer : answers) {
      table += fmt::format("  {:>7}  {}\n", format_percent(answer.score), question.choices[answer.choice]);
    }
    return table;
  }

  PredictOptions options_;
  Pretrained<BertForMultipleChoice> loaded_;
};

}  // namespace

Task choose_task() {
  return {
      .training = TrainingTask{.name = "choose",
                               .help = "choose the right one of several answers or ends of a sentence",
                               .read = read_choose_inputs,
                               .entry = "question",
                               .loss = "How much the right choices surprise the model: −ln of the probability it gives "
                                       "them, on average.",
                               .ask = "choose --model {} --context '…' --question '…' 'choice' 'choice'"},
      .prediction = PredictionTask{.name = "choose",
                                   .help = "which of several answers is right?",
                                   .flags = {{"question"}, {"context"}},
                                   .input = "a text and its choices, with tabs between them,",
                                   .make = [](const PredictOptions& options) -> std::unique_ptr<Predictor> {
                                     return std::make_unique<ChoosePredictor>(options);
                                   },
                                   .inputs = choice_lines}};
}

}  // namespace mini_bert
