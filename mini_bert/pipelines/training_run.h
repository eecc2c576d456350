#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mini_bert/bert/training/trainer.h"
#include "mini_bert/pipelines/training_inputs.h"

namespace mini_bert {

class Pipeline;

// How a training ended, and all that it reported.
struct TrainingReport {
  Ending ending = Ending::completed;
  TrainingHistory history;
  std::vector<std::string> notes;  // how the data were read, what is masked: for a person

  nlohmann::ordered_json to_json() const;  // as Model.train of the Python package returns it
};

// A training of the model of a Pipeline, one update at a time, for callers that have a loop of their own. The pipeline
// and the observer must outlive it. See Pipeline::train().
class TrainingRun {
 public:
  // Reads the data. An error leaves the pipeline as it was; from the first update on, the pipeline has the trained
  // model.
  TrainingRun(Pipeline& pipeline, TrainingRequest request, TrainingObserver& observer);
  // While a model is trained it validates, and answers, in f32. From here on it answers in the pipeline's precision.
  ~TrainingRun();
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  // Makes one update. Returns whether there is a next one.
  bool advance();
  // Makes all updates that are left, until the observer stops them.
  void run();

  const TrainingHistory& history() const { return trainer_.history(); }
  TrainingReport report() const;

 private:
  // Calls `work` while the pipeline answers with the model that is trained.
  template <class Work>
  auto with_model(Work work);

  Pipeline& pipeline_;
  TrainingRequest request_;  // the objective reads its arguments
  TrainingInputs inputs_;
  Trainer trainer_;
};

}  // namespace mini_bert
