#include "apps/predict/predict_tasks.h"

#include "apps/predict/predict_task_makers.h"

namespace mini_bert {

std::unique_ptr<PredictTask> make_predict_task(const PredictOptions& options) {
  if (options.task == "classify") return make_classify_task(options);
  if (options.task == "tag") return make_tag_task(options);
  if (options.task == "answer") return make_answer_task(options);
  if (options.task == "embed") return make_embed_task(options);
  if (options.task == "score") return make_score_task(options);
  return make_fill_mask_task(options);
}

}  // namespace mini_bert
