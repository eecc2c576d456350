#pragma once

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/training/arguments.h"

namespace mini_bert {

// Whether the arguments freeze a parameter: training then leaves it as it is.
bool is_frozen(const Parameter& parameter, const TrainingArguments& arguments);

// Disables gradients for the frozen parameters, so no backward pass enters the layers at the bottom that are frozen.
// Enables them for all others, so a model may be trained again with other arguments. Error when more layers are to be
// frozen than there are.
void freeze(const BertPreTrainedModel& model, const TrainingArguments& arguments);

// The parameters that are trained, in the model's order.
std::vector<Parameter> trained_parameters(const BertPreTrainedModel& model);

// For each parameter of a model of L layers the factor on its learning rate: decay^(L+1−depth), so 1 for the heads,
// `decay` for the last layer, decay^(L+1) for the embeddings. Howard & Ruder 2018, arXiv:1801.06146 §3.2; in this form
// Bao et al. 2021, arXiv:2106.08254 (BEiT).
std::vector<double> rate_factors(const std::vector<Parameter>& parameters, Index layers, double decay);

}  // namespace mini_bert
