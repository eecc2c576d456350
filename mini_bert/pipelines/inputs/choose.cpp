// The inputs of the task choose: the right one of several answers.
#include "mini_bert/bert/data/choices.h"
#include "mini_bert/bert/training/choosing_objective.h"
#include "mini_bert/pipelines/input_reading.h"

namespace mini_bert {

TrainingInputs read_choose_inputs(const TrainingRequest& request) {
  TrainingInputs inputs;
  const BertConfig config = config_of(request);
  const Parts<ChoiceQuestion> questions = read_parts(request, [&](const DataSource& source) {
    ChoiceFile file = read_choice_questions(source, Answers::required);
    note_file(source, file, file.questions.size(), inputs.reading);
    return std::move(file.questions);
  });
  auto& model = load_model<BertForMultipleChoice>(request, config, inputs);
  const auto set = [&](const std::vector<ChoiceQuestion>& part) {
    return make_choosing_set(part, *inputs.tokenizer, longest_sample(request, config, *inputs.tokenizer));
  };
  inputs.objective = std::make_unique<ChoosingObjective>(model, set(questions.train), set(questions.validation));
  return inputs;
}

}  // namespace mini_bert
