#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/tensor/tensor.h"

namespace mini_bert {

// How much an example of each label weighs in the loss, f32 [labels]:
//   "balanced"          n/(k·n_c) with n_c examples of label c, n in all, of k labels that occur, as scikit-learn's
//                       compute_class_weight has it (King & Zeng 2001, doi:10.1093/oxfordjournals.pan.a004868); 1 for a
//                       label that does not occur
//   "O=0.2,B-PER=3"     as they are given; labels that are not named weigh 1
// counts[c] is n_c. Error for a label that there is not, and for a weight that is not above 0.
Tensor class_weights(const std::string& text, std::span<const std::string> labels, std::span<const Index> counts);

// What a weighted mean is divided by: Σ weights[label] over the labels (i32) that are not ignore_index; their number
// where `weights` is undefined.
double total_weight(const Tensor& labels, const Tensor& weights);

// "0.2/3": the weights as one text, for the identity of a run.
std::string weights_text(const Tensor& weights);

}  // namespace mini_bert
