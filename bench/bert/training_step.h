#pragma once

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/nn/adamw.h"

namespace mini_bert::bench {

struct UpdateResult {
  double loss;       // per masked token, before the update
  double grad_norm;  // before clipping
};

// Does the work of Trainer::update for one batch: forward, backward, clipping of gradients to norm 1, AdamW.
class TrainingStep {
 public:
  TrainingStep(BertForMaskedLM& model, double learning_rate, double weight_decay);

  UpdateResult run(const MaskedBatch& batch, Mode mode);

 private:
  BertForMaskedLM& model_;
  std::vector<Parameter> parameters_;
  double learning_rate_;
  AdamW optimizer_;
};

// Trains a small model for three updates, in f32 and in double, where every operation is the definition. Error when the
// losses or gradient norms differ.
void check_training_step();

// Error when the first loss is implausible. `loss` is the mean over `masked` tokens with random labels, and the weights
// are drawn with initializer_range σ. The last LayerNorm makes hidden vectors of length √H, so scores have the variance
// H·σ². The loss of a token then has the mean ln V + H·σ²/2 and the variance H·σ². `loss` may differ by five standard
// deviations of the mean.
void check_first_loss(double loss, const BertConfig& config, Index masked);

}  // namespace mini_bert::bench
