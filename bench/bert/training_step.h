#pragma once

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/nn/adamw.h"

namespace mini_bert::bench {

struct UpdateResult {
  double loss;       // per masked token, before the update
  double grad_norm;  // before clipping
};

// What Trainer::update does with one batch: forward, backward, gradients clipped to norm 1, AdamW.
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

// Error unless three updates of a small model in float have the losses and gradient norms they have in double, where
// every operation is the definition.
void check_training_step();

// Error unless `loss`, the mean over `masked` tokens with random weights drawn with initializer_range σ and random
// labels, is near what it must be: the last LayerNorm makes hidden vectors of length √H, so that scores have the
// variance H·σ². The loss of a token then has the mean ln V + H·σ²/2 and the variance H·σ²; five standard deviations of
// the mean are allowed.
void check_first_loss(double loss, const BertConfig& config, Index masked);

}  // namespace mini_bert::bench
