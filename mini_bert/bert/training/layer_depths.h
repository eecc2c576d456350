#pragma once

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/training/arguments.h"

namespace mini_bert {

// Whether the arguments freeze a parameter, so that training does not change it.
bool is_frozen(const Parameter& parameter, const TrainingArguments& arguments);

// Disables gradients for frozen parameters, so no backward pass enters the frozen bottom layers. Enables gradients for
// all other parameters, so a model can be trained again with other arguments. Error when the arguments freeze more
// layers than the model has.
void freeze(const BertPreTrainedModel& model, const TrainingArguments& arguments);

// The parameters that are trained, in the model's order.
std::vector<Parameter> trained_parameters(const BertPreTrainedModel& model);

// The factor on the learning rate of each parameter in a model of L layers: decay^(L+1−depth). It is 1 for the heads,
// `decay` for the last layer and decay^(L+1) for the embeddings. Howard & Ruder 2018, arXiv:1801.06146 §3.2; in this
// form Bao et al. 2021, arXiv:2106.08254 (BEiT).
std::vector<double> rate_factors(const std::vector<Parameter>& parameters, Index layers, double decay);

}  // namespace mini_bert
