#include "mini_bert/nn/anchor.h"

#include <cstring>

#include "mini_bert/tensor/fingerprint.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert {

Anchor::Anchor(std::vector<Parameter> parameters, double weight, std::vector<double> rate_factors) : weight_(weight) {
  rate_factors.resize(rate_factors.empty() ? parameters.size() : rate_factors.size(), 1);
  require(weight >= 0, "anchor: the weight must be 0 or more, got {}", weight);
  require(rate_factors.size() == parameters.size(), "anchor: {} learning-rate factors for {} parameters",
          rate_factors.size(), parameters.size());
  if (weight == 0) return;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Tensor start = parameters[i].value().clone();
    slots_.push_back({std::move(parameters[i]), std::move(start), rate_factors[i]});
  }
}

void Anchor::pull(double learning_rate) {
  if (slots_.empty()) return;
  const profile::Timed timed("anchor");
  for (const Slot& slot : slots_) {
    const double rate = learning_rate * slot.rate_factor;
    require(rate * weight_ <= 1,
            "anchor: learning rate {} times weight {} is {}, expected at most 1, which goes all the way back", rate,
            weight_, rate * weight_);
  }
  for (Slot& slot : slots_) {
    Tensor value = slot.parameter.value();
    visit_float(value.dtype(), [&]<class T>() {
      T* const w = value.data<T>();
      const T* const start = slot.start.data<T>();
      const T step = static_cast<T>(learning_rate * slot.rate_factor * weight_);
      kernels::for_each_chunk(value.size(), [&](Index begin, Index end) {
        for (Index i = begin; i < end; ++i) w[i] -= step * (w[i] - start[i]);
      });
    });
  }
}

std::uint64_t Anchor::fingerprint() const {
  if (slots_.empty()) return 0;
  Fingerprint fingerprint;
  for (const Slot& slot : slots_) {
    visit_float(slot.start.dtype(), [&]<class T>() {
      for (const T x : slot.start.values<T>()) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, &x, sizeof x);
        fingerprint.add(bits);
      }
    });
  }
  return fingerprint.value();
}

}  // namespace mini_bert
