#pragma once

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/training/arguments.h"

namespace mini_bert {

// Where in a model of L layers a parameter stands: the embeddings at depth 0, encoder layer l (counted from 0, as in
// its name) at l+1, pooler and heads at L+1. A table that the masked-language-model head shares with the embeddings is
// at depth 0.
Index depth_of(const std::string& name, Index layers);

// Whether the arguments leave a parameter of a model of L layers as it is.
bool is_frozen(const std::string& name, Index layers, const TrainingArguments& arguments);

// Takes the gradients from everything that --freeze-embeddings and --freeze-layers leave as it is: no backward pass
// enters these layers, since nothing in or below them wants a gradient. Gives them back to everything else, so that a
// model may be trained again otherwise. Error when there are fewer layers than are to be frozen.
void freeze(const BertPreTrainedModel& model, const TrainingArguments& arguments);

// The parameters that are trained, in their order.
std::vector<Parameter> trained_parameters(const BertPreTrainedModel& model);

// For each parameter the factor on its learning rate: decay^(L+1−depth), so 1 for the heads, `decay` for the last
// layer, decay^(L+1) for the embeddings. Howard & Ruder 2018, arXiv:1801.06146 §3.2; in this form Bao et al. 2021,
// arXiv:2106.08254 (BEiT).
std::vector<double> rate_factors(const std::vector<Parameter>& parameters, Index layers, double decay);

}  // namespace mini_bert
