#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/tensor/tensor.h"

namespace mini_bert {

// The weight of an example in the loss, for each label; f32 [C]. `text` is one of:
//   "balanced"          n/(k·n_c), where n_c examples have label c, n = Σ n_c, and k labels occur; 1 for a label that
//                       does not occur. As in scikit-learn's compute_class_weight (King & Zeng 2001,
//                       doi:10.1093/oxfordjournals.pan.a004868).
//   "O=0.2,B-PER=3"     the given weights; labels that are not named have weight 1
// counts[c] is n_c. Throws Error for an unknown label and for a weight that is not above 0.
Tensor class_weights(const std::string& text, std::span<const std::string> labels, std::span<const Index> counts);

// The divisor of a weighted mean: Σ weights[label] over the labels (i32) that are not ignore_index. If `weights` is
// undefined, the number of these labels.
double total_weight(const Tensor& labels, const Tensor& weights);

// The weights as one text, "0.2/3", for the identity of a run.
std::string weights_text(const Tensor& weights);

}  // namespace mini_bert
