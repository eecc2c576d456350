#include "mini_bert/nn/initial_values.h"

#include <cmath>

#include "mini_bert/tensor/kernels/elementwise.h"

namespace mini_bert {
namespace {

thread_local bool leave_uninitialised = false;
thread_local std::uint32_t parameters_made = 0;

void fill_uniform(Tensor& x, double limit, const RandomKey& key) {
  visit_float(x.dtype(), [&]<class T>() {
    T* const values = x.data<T>();
    kernels::for_each_chunk(x.size(), [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) {
        values[i] =
            static_cast<T>(limit * (2.0 * static_cast<double>(uniform(key, static_cast<std::uint64_t>(i))) - 1));
      }
    });
  });
}

// [out,in]; a vector counts as a matrix of one row.
double glorot_limit(const Shape& shape) {
  return std::sqrt(6.0 / static_cast<double>(shape.rows() + shape.cols()));
}

}  // namespace

void set_initial_value(const Parameter& parameter, std::optional<double> deviation, const RandomKey& key) {
  Tensor value = parameter.value();
  parameter.weight.changed();
  switch (parameter.role) {
    case Role::scale:
      return value.fill(1);
    case Role::bias:
    case Role::shift:
      return value.fill(0);
    case Role::matrix:
      return deviation ? fill_normal(value, 0, *deviation, key) : fill_uniform(value, glorot_limit(value.shape()), key);
    case Role::table:
      fill_normal(value, 0, deviation.value_or(0.02), key);
      if (parameter.padding_row >= 0) value.rows(parameter.padding_row, parameter.padding_row + 1).fill(0);
      return;
  }
}

NoInitialValues::NoInitialValues() : before_(leave_uninitialised) {
  leave_uninitialised = true;
}
NoInitialValues::~NoInitialValues() {
  leave_uninitialised = before_;
}

void set_default_value(const Parameter& parameter) {
  if (leave_uninitialised) return;
  set_initial_value(parameter, std::nullopt,
                    {.seed = seed_for(default_weights_seed, "weights"), .stream = parameters_made++});
}

}  // namespace mini_bert
