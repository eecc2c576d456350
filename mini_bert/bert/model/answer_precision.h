#pragma once

#include <string_view>

#include "mini_bert/nn/mode.h"
#include "mini_bert/nn/parameter.h"

namespace mini_bert {

// What a model computes its answers with. Attention, normalisation and softmax compute in f32 with each of them.
//   f32   numbers as they are
//   bf16  activations and weights are rounded to bf16 where they are multiplied (Precision::mixed)
//   int8  the layers of the encoder and the head for masked words multiply whole numbers of 8 bits
//         (tensor/kernels/matmul_int8.h); the pooler and the heads that read one row per text compute in f32
enum class AnswerPrecision { f32, bf16, int8 };

// The precision with a name: f32, bf16, int8, or auto, which is bf16 if the CPU multiplies it and f32 otherwise.
// ArgumentError for the argument `precision` if there is none.
AnswerPrecision answer_precision_named(std::string_view name);
std::string_view name_of(AnswerPrecision precision);

// How often a model will be asked.
//   once   weights are read where they are stored: copying them would take longer than the answer
//   often  weights are copied into panels when they are read for the first time (tensor/packed_weight.h)
enum class Asked { once, often };

// `often` if panels pay within so many passes over the weights. The first pass of a search has few rows, and reads
// weights in place fastest. Later passes have many rows; without panels, each product would copy its weight anew.
Asked asked_in(Index passes);

// How products read a parameter while a model answers. int8 needs a copy in any case.
WeightUse weight_use(const Parameter& parameter, AnswerPrecision precision, Asked asked);

}  // namespace mini_bert
