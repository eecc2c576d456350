// The task choose: picks the right one of several answers, or of several endings of a sentence.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/console/command_line.h"
#include "apps/console/text_format.h"
#include "apps/predict/predictor.h"
#include "apps/tasks/task.h"
#include "apps/train/input_reading.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/choose.h"
#include "mini_bert/bert/training/choosing_objective.h"

namespace mini_bert {
namespace {

using Json = nlohmann::ordered_json;

TrainingInputs read_inputs(const TrainOptions& options) {
  TrainingInputs inputs;
  const BertConfig config = read_config(options.model);
  const Parts<ChoiceQuestion> questions =
      read_parts(options, [](const std::string& path) { return read_choice_questions(path, Answers::required); });
  auto& model = load_model<BertForMultipleChoice>(options, config, inputs);
  const auto set = [&](const std::vector<ChoiceQuestion>& part) {
    return make_choosing_set(part, *inputs.tokenizer, longest_sample(options, config, *inputs.tokenizer));
  };
  inputs.objective = std::make_unique<ChoosingObjective>(model, set(questions.train), set(questions.validation));
  return inputs;
}

// With --context or --question, the texts on the command line are the choices.
std::vector<std::string> inputs(const PredictOptions& options) {
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

  std::vector<std::string> answer(std::span<const std::string> texts) const override {
    std::vector<ChoiceQuestion> questions;
    for (const std::string& text : texts) questions.push_back(question_of(text));
    return answer(std::span<const ChoiceQuestion>(questions));
  }

  void answer_file(const PredictOptions& options, const Print& print) const override {
    const std::vector<ChoiceQuestion> questions = read_choice_questions(options.file, Answers::optional);
    answer_in_chunks(
        std::span<const ChoiceQuestion>(questions), [this](auto part) { return answer(part); }, print);
  }

 private:
  std::vector<std::string> answer(std::span<const ChoiceQuestion> questions) const {
    const auto answers = choose(*loaded_.model, loaded_.tokenizer, questions);
    std::vector<std::string> printed;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      printed.push_back(options_.json ? json(questions[i], answers[i]) : table(questions[i], answers[i]));
    }
    return printed;
  }

  // Parses "context<TAB>choice<TAB>choice…".
  ChoiceQuestion question_of(const std::string& text) const {
    ChoiceQuestion question;
    question.question = options_.question;
    std::size_t begin = text.find('\t');
    question.context = text.substr(0, begin);
    while (begin != std::string::npos) {
      const std::size_t end = text.find('\t', begin + 1);
      question.choices.push_back(text.substr(begin + 1, end == std::string::npos ? end : end - begin - 1));
      begin = end;
    }
    require(
        question.choices.size() >= 2,
        "{} choices in \"{}\"; give lines of a text and at least two choices, with tabs between them, or --context, "
        "--question and the choices",
        question.choices.size(), text);
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
                               .read = read_inputs,
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
                                   .inputs = inputs}};
}

}  // namespace mini_bert
