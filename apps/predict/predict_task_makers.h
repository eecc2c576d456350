#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "apps/predict/predict_tasks.h"

// What the files of the tasks give to make_predict_task(), and what they share.
namespace mini_bert {

std::unique_ptr<PredictTask> make_fill_mask_task(const PredictOptions& options);
std::unique_ptr<PredictTask> make_classify_task(const PredictOptions& options);
std::unique_ptr<PredictTask> make_tag_task(const PredictOptions& options);
std::unique_ptr<PredictTask> make_answer_task(const PredictOptions& options);
std::unique_ptr<PredictTask> make_embed_task(const PredictOptions& options);
std::unique_ptr<PredictTask> make_score_task(const PredictOptions& options);

using Json = nlohmann::ordered_json;

inline std::string line_of(const Json& json) {
  return json.dump() + '\n';
}

}  // namespace mini_bert
