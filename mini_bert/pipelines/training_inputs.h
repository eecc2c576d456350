#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/text_columns.h"
#include "mini_bert/bert/training/objective.h"
#include "mini_bert/pipelines/training_request.h"

namespace mini_bert {

// What a person should know about how the data files were read.
struct ReadingNotes {
  TextColumns columns;                   // the columns of the training file
  std::vector<std::string> first_texts;  // the first texts of the training file, for --check
  std::vector<std::string> facts;        // rows that were left out, and why
};

// The inputs of a run. The functions below read model, tokenizer and texts, or make a model with random weights. They
// check that these are compatible with each other, the request and the probes. They write nothing. Error when they are
// not compatible. Facts name arguments of the request between backticks, as errors do (base/argument_error.h).
struct TrainingInputs {
  std::shared_ptr<BertPreTrainedModel> model;
  // What fills the model. read_training_inputs() has called it. Who calls the function of a task can find out first
  // whether there is memory for the run (bert/training/memory.h).
  WeightsToCome weights;
  std::shared_ptr<Tokenizer> tokenizer;
  LoadReport report;                           // differences between the model and its file
  std::size_t new_words = 0, known_words = 0;  // words of `add_words`: added, and already known
  std::unique_ptr<Objective> objective;        // owns the data
  std::vector<std::string> masking;            // what a person should know about the masked tokens
  ReadingNotes reading;                        // how the files were read
};

// One function for each task. The request must outlive the inputs, because the objective reads its arguments.
TrainingInputs read_mlm_inputs(const TrainingRequest& request);
TrainingInputs read_pretrain_inputs(const TrainingRequest& request);
TrainingInputs read_classify_inputs(const TrainingRequest& request);
TrainingInputs read_tag_inputs(const TrainingRequest& request);
TrainingInputs read_answer_inputs(const TrainingRequest& request);
TrainingInputs read_choose_inputs(const TrainingRequest& request);

// Those of request.task: mlm, pretrain, classify, tag, answer or choose. ArgumentError for another name.
TrainingInputs read_training_inputs(const TrainingRequest& request);

}  // namespace mini_bert
