#include "bench/tensor/kernels/peers/peers.h"

#ifdef MINI_BERT_HAVE_ONEDNN

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

namespace mini_bert::bench {
namespace {

using dnnl::memory;
using Type = memory::data_type;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

constexpr int zero = 128;  // x stands as 128 + round(x/scale)
constexpr float most = 127;
constexpr int by_column = 1 << 1;  // oneDNN's mask for a scale for each column of C

struct Library {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

// A copy of plain numbers.
template <class Number>
memory copied(Library& library, const memory::desc& desc, const Number* numbers, Index count) {
  memory result(desc, library.engine);
  std::copy_n(numbers, count, static_cast<Number*>(result.get_data_handle()));
  return result;
}

// The same matrix in the layout and type of `desc`.
memory reordered(Library& library, memory from, const memory::desc& desc) {
  memory result(desc, library.engine);
  dnnl::reorder(from, result).execute(library.stream, from, result);
  library.stream.wait();
  return result;
}

// The largest magnitude divided by 127.
float scale_of(const float* x, Index n) {
  float largest = 0;
  for (Index i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i]));
  return largest / most;
}

// W as whole numbers, and what C's sums are multiplied by.
struct Whole {
  std::vector<std::int8_t> w;
  float x_scale;
  std::vector<float> w_scales;

  explicit Whole(const Problem& p) : w(static_cast<std::size_t>(p.n * p.k)), x_scale(scale_of(p.a, p.m * p.k)) {
    for (Index row = 0; row < p.n; ++row) {
      const float* const numbers = p.b + row * p.k;
      w_scales.push_back(scale_of(numbers, p.k));
      for (Index i = 0; i < p.k; ++i) {
        w[static_cast<std::size_t>(row * p.k + i)] =
            static_cast<std::int8_t>(std::nearbyint(numbers[i] / w_scales.back()));
      }
    }
  }
};

struct Descriptions {
  memory::desc x, w, w_in_any_layout, y;

  Descriptions(const Problem& p, Type x_type, Type w_type)
      : x({p.m, p.k}, x_type, Tag::ab),
        w({p.k, p.n}, w_type, Tag::ba),
        w_in_any_layout({p.k, p.n}, w_type, Tag::any),
        y({p.m, p.n}, Type::f32, Tag::ab) {}
};

dnnl::matmul::primitive_desc described(Library& library, const Descriptions& of, const dnnl::primitive_attr& attr) {
#if DNNL_VERSION_MAJOR >= 3
  return {library.engine, of.x, of.w_in_any_layout, of.y, attr};
#else
  return {dnnl::matmul::desc(of.x, of.w_in_any_layout, of.y), attr, library.engine};
#endif
}

// Tells oneDNN the scales and the zero of x: since version 3 with the arguments of every call, before it once.
void set_scales(Library& library, const Whole& whole, dnnl::primitive_attr& attr, Arguments& arguments) {
  const auto columns = static_cast<Index>(whole.w_scales.size());
#if DNNL_VERSION_MAJOR >= 3
  attr.set_scales_mask(DNNL_ARG_SRC, 0);
  attr.set_scales_mask(DNNL_ARG_WEIGHTS, by_column);
  attr.set_zero_points_mask(DNNL_ARG_SRC, 0);
  const std::int32_t zero_point = zero;
  const auto put = [&]<class Number>(int argument, const Number* numbers, Index count, Type type) {
    arguments.emplace(argument, copied(library, {{count}, type, Tag::a}, numbers, count));
  };
  put(DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC, &whole.x_scale, 1, Type::f32);
  put(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, whole.w_scales.data(), columns, Type::f32);
  put(DNNL_ARG_ATTR_ZERO_POINTS | DNNL_ARG_SRC, &zero_point, 1, Type::s32);
#else
  (void)library;
  (void)arguments;
  std::vector<float> scales(whole.w_scales);
  for (Index column = 0; column < columns; ++column) scales[static_cast<std::size_t>(column)] *= whole.x_scale;
  attr.set_output_scales(by_column, scales);
  attr.set_zero_points(DNNL_ARG_SRC, 0, {zero});
#endif
}

std::function<void()> prepared(const std::shared_ptr<Library>& library, const Problem& p,
                               const dnnl::matmul::primitive_desc& primitive, Arguments arguments) {
  memory& w = arguments.at(DNNL_ARG_WEIGHTS);
  if (primitive.weights_desc() != w.get_desc()) w = reordered(*library, w, primitive.weights_desc());
  arguments.emplace(DNNL_ARG_DST, memory(primitive.dst_desc(), library->engine, p.c));
  const dnnl::matmul product(primitive);
  return [library, product, arguments] {
    product.execute(library->stream, arguments);
    library->stream.wait();
  };
}

std::function<void()> bf16_product(const Problem& p) {
  const auto library = std::make_shared<Library>();
  const Descriptions given(p, Type::f32, Type::f32), rounded(p, Type::bf16, Type::bf16);
  const memory x(given.x, library->engine, const_cast<float*>(p.a));
  const memory w(given.w, library->engine, const_cast<float*>(p.b));
  return prepared(
      library, p, described(*library, rounded, {}),
      {{DNNL_ARG_SRC, reordered(*library, x, rounded.x)}, {DNNL_ARG_WEIGHTS, reordered(*library, w, rounded.w)}});
}

// Rounds x to whole numbers.
std::function<void()> rounding(const std::shared_ptr<Library>& library, const Problem& p, float scale,
                               const memory& rounded) {
  const memory x({{p.m, p.k}, Type::f32, Tag::ab}, library->engine, const_cast<float*>(p.a));
  dnnl::primitive_attr attr;
  Arguments arguments = {{DNNL_ARG_FROM, x}, {DNNL_ARG_TO, rounded}};
#if DNNL_VERSION_MAJOR >= 3
  attr.set_scales_mask(DNNL_ARG_TO, 0);
  attr.set_zero_points_mask(DNNL_ARG_TO, 0);
  const std::int32_t zero_point = zero;
  arguments.emplace(DNNL_ARG_ATTR_SCALES | DNNL_ARG_TO, copied(*library, {{1}, Type::f32, Tag::a}, &scale, 1));
  arguments.emplace(DNNL_ARG_ATTR_ZERO_POINTS | DNNL_ARG_TO,
                    copied(*library, {{1}, Type::s32, Tag::a}, &zero_point, 1));
#else
  attr.set_output_scales(0, {1 / scale});
  attr.set_zero_points(DNNL_ARG_TO, 0, {zero});
#endif
  const dnnl::reorder reorder(
      dnnl::reorder::primitive_desc(library->engine, x.get_desc(), library->engine, rounded.get_desc(), attr));
  return [library, reorder, arguments] { reorder.execute(library->stream, arguments); };
}

std::function<void()> int8_product(const Problem& p) {
  const auto library = std::make_shared<Library>();
  const Descriptions of(p, Type::u8, Type::s8);
  const Whole whole(p);
  const memory x(of.x, library->engine);
  Arguments arguments = {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, copied(*library, of.w, whole.w.data(), p.n * p.k)}};
  dnnl::primitive_attr attr;
  set_scales(*library, whole, attr, arguments);
  const auto round = rounding(library, p, whole.x_scale, x);
  const auto multiply = prepared(library, p, described(*library, of, attr), arguments);
  return [round, multiply] {
    round();
    multiply();
  };
}

}  // namespace

std::function<void()> onednn_rounded_product(const Problem& problem, Rounded rounded) {
  try {
    return rounded == Rounded::bf16 ? bf16_product(problem) : int8_product(problem);
  } catch (const dnnl::error&) {
    return {};  // oneDNN has no such product for this CPU
  }
}

}  // namespace mini_bert::bench

#else

namespace mini_bert::bench {

std::function<void()> onednn_rounded_product(const Problem&, Rounded) {
  return {};
}

}  // namespace mini_bert::bench

#endif
