#pragma once

#include <string>
#include <vector>

#include "apps/train/train_options.h"
#include "mini_bert/bert/data/data_check.h"
#include "mini_bert/bert/training/objective.h"

namespace mini_bert {

// What looks wrong with the data without stopping a run, one sentence each. It covers texts that are cut, unknown,
// repeated or in both files, labels that are rare, missing or dominant, and missing validation data.
std::vector<std::string> check_warnings(const TrainOptions& options, const Objective& objective,
                                        const DataCheck& training, const DataCheck& validation,
                                        const std::vector<Repeat>& in_both);

}  // namespace mini_bert
