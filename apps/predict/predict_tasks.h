#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "apps/predict/predict_options.h"

namespace mini_bert {

inline const std::vector<std::string> predict_tasks = {"fill-mask", "classify", "tag", "answer", "embed", "score"};

// One of the things a model can be asked. Made with its model loaded.
class PredictTask {
 public:
  virtual ~PredictTask() = default;

  // For each text what is to be printed: a line of JSON or a small table, line ends included.
  virtual std::vector<std::string> answer(std::span<const std::string> texts) const = 0;
};

std::unique_ptr<PredictTask> make_predict_task(const PredictOptions& options);

}  // namespace mini_bert
