#include "nn/anchor.h"

#include <cstring>

#include "tensor/fingerprint.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/profile.h"

namespace mini_bert {

Anchor::Anchor(std::vector<Parameter> parameters, double weight) : weight_(weight) {
  require(weight >= 0, "anchor: the weight must be 0 or more, got {}", weight);
  if (weight == 0) return;
  for (Parameter& parameter : parameters) {
    Tensor start = parameter.value().clone();
    slots_.push_back({std::move(parameter), std::move(start)});
  }
}

void Anchor::pull(double learning_rate) {
  if (slots_.empty()) return;
  const profile::Timed timed("anchor");
  const double share = learning_rate * weight_;
  require(share <= 1, "anchor: learning rate {} times weight {} is {}, expected at most 1, which goes all the way back",
          learning_rate, weight_, share);
  for (Slot& slot : slots_) {
    Tensor value = slot.parameter.value();
    visit_float(value.dtype(), [&]<class T>() {
      T* const w = value.data<T>();
      const T* const start = slot.start.data<T>();
      const T step = static_cast<T>(share);
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
