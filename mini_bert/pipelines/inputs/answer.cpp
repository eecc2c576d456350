// The inputs of the task answer: the part of a text that answers a question.
#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/training/answering_objective.h"
#include "mini_bert/pipelines/input_reading.h"

namespace mini_bert {

TrainingInputs read_answer_inputs(const TrainingRequest& request) {
  TrainingInputs inputs;
  const BertConfig config = config_of(request);
  Parts<Question> questions = read_parts(request, [&](const DataSource& source) {
    QuestionFile file = read_questions(source);
    note_file(source, file, file.questions.size(), inputs.reading);
    return std::move(file.questions);
  });
  auto& model = load_model<BertForQuestionAnswering>(request, config, inputs);
  const WindowOptions windows{.max_length = longest_sample(request, config, *inputs.tokenizer),
                              .stride = request.doc_stride};
  const auto set = [&](std::vector<Question> part) {
    return make_answering_set(std::move(part), *inputs.tokenizer, windows);
  };
  inputs.objective = std::make_unique<AnsweringObjective>(model, set(std::move(questions.train)),
                                                          set(std::move(questions.validation)));
  return inputs;
}

}  // namespace mini_bert
