#pragma once

#include <optional>

#include "mini_bert/nn/parameter.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {

// Gives a parameter the value that training begins with:
//   matrix  [out,in]: uniform in ±√(6/(in + out)), which keeps the variance of activations and of gradients about the
//           same from layer to layer. Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
//           neural networks", equation 16. With `deviation` σ: N(0, σ²), as BERT has it.
//   table   N(0, σ²), σ = 0.02 unless `deviation` says otherwise. Devlin et al. 2019, arXiv:1810.04805. The padding row
//           is 0.
//   scale   1
//   bias, shift  0
// The numbers depend on `key` and on nothing else.
void set_initial_value(const Parameter& parameter, std::optional<double> deviation, const RandomKey& key);

// Every new module draws its weights from this seed. The n-th parameter that a thread makes reads stream n, so layers
// of one shape begin differently and a program that makes the same modules in the same order gets the same numbers.
// Module::initialize() gives numbers that do not depend on what was made before.
inline constexpr std::uint64_t default_weights_seed = 0;

// While one lives, new modules of its thread leave their weights uninitialised. For loaders, which replace every
// weight: drawing 110 million numbers and touching their memory would cost more than reading a mapped file.
class NoInitialValues {
 public:
  NoInitialValues();
  ~NoInitialValues();
  NoInitialValues(const NoInitialValues&) = delete;
  NoInitialValues& operator=(const NoInitialValues&) = delete;

 private:
  bool before_;
};

// What register_parameter() calls for each new parameter. Does nothing while a NoInitialValues lives.
void set_default_value(const Parameter& parameter);

}  // namespace mini_bert
