#include "bench/tensor/kernels/peers/peers.h"

// Only this file is compiled for AVX2 and FMA. It renames Eigen's namespace: the linker keeps one copy of an inline
// function, and the library compiles Eigen for any x86-64.
#if defined(__AVX2__)
#define Eigen EigenForAvx2
#include <Eigen/Core>

namespace mini_bert::bench {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<const Matrix>;

}  // namespace

std::function<void()> eigen_product(const Problem& p) {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return {};
  return [p] {
    Eigen::Map<Matrix> c(p.c, p.m, p.n);
    const View a(p.a, p.a_transposed ? p.k : p.m, p.a_transposed ? p.m : p.k);
    const View b(p.b, p.b_transposed ? p.n : p.k, p.b_transposed ? p.k : p.n);
    if (p.a_transposed) {
      c.noalias() = a.transpose() * b;
    } else if (p.b_transposed) {
      c.noalias() = a * b.transpose();
    } else {
      c.noalias() = a * b;
    }
  };
}

}  // namespace mini_bert::bench

#else

namespace mini_bert::bench {

std::function<void()> eigen_product(const Problem&) {
  return {};
}

}  // namespace mini_bert::bench

#endif
