#include "mini_bert/tensor/kernels/activation.h"

#include <array>

#include <unsupported/Eigen/SpecialFunctions>

#include "mini_bert/tensor/kernels/activation_table.h"
#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert {
namespace {

constexpr auto every = [] {
  std::array<Activation, activation_count> ids{};
  std::size_t next = 0;
  activations::All::visit_all([&]<class Row>() { ids[next++] = Row::id; });
  return ids;
}();

constexpr bool in_order() {
  for (std::size_t i = 0; i < every.size(); ++i) {
    if (every[i] != static_cast<Activation>(i)) return false;
  }
  return true;
}
static_assert(in_order(), "the table lists the activations in the order of their enumeration");

}  // namespace

std::span<const Activation> all_activations() {
  return every;
}

std::span<const std::string_view> names_of(Activation activation) {
  std::span<const std::string_view> names;
  activations::All::visit(activation, [&]<class Row>() { names = Row::names; });
  return names;
}

std::optional<Activation> find_activation(std::string_view name) {
  for (const Activation activation : every) {
    for (const std::string_view known : names_of(activation)) {
      if (known == name) return activation;
    }
  }
  return std::nullopt;
}

namespace kernels {

void activate(const Tensor& x, Activation activation, Tensor& y) {
  visit_stored(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      const auto& loop = loops->activation[activation];
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        loop.forward(x.data<Element>() + begin, end - begin, y.data<Element>() + begin);
      });
    }
    activations::All::visit(activation, [&]<class Row>() {
      for_each_chunk(x.size(), [&](Index begin, Index end) {
        const RowArray<Arithmetic<Element>> part = read<Element>(x, begin, end);
        write<Element>(y, begin, end, Row::value(part));
      });
    });
  });
}

void activate_backward(const Tensor& dy, const Tensor& x, Activation activation, const Gradient& dx) {
  visit_stored(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      const auto& loop = loops->activation[activation];
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        loop.backward(dy.data<Element>() + begin, x.data<Element>() + begin, end - begin, dx.accumulates(),
                      dx.tensor().data<Element>() + begin);
      });
    }
    activations::All::visit(activation, [&]<class Row>() {
      for_each_chunk(x.size(), [&](Index begin, Index end) {
        const RowArray<Arithmetic<Element>> part = read<Element>(x, begin, end),
                                            dy_part = read<Element>(dy, begin, end);
        if constexpr (requires { Row::gradient(dy_part, part); }) {
          put<Element>(dx, begin, end, Row::gradient(dy_part, part));
        } else {
          put<Element>(dx, begin, end, dy_part * Row::slope(part));
        }
      });
    });
  });
}

}  // namespace kernels
}  // namespace mini_bert
