#pragma once

#include "mini_bert/tensor/kernels/attention_head.h"
#include "mini_bert/tensor/kernels/attention_tiles.h"
#include "mini_bert/tensor/kernels/matmul_simd.h"
#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/philox.h"
#include "mini_bert/tensor/simd/registers.h"

// Attention of one head of one sentence. All its matrices stay in the first two caches: keys and values are packed
// once, queries are processed in blocks of rows. docs/attention.md explains the blocks.
namespace mini_bert::simd {

// eˣ = 2ⁿ·2ʳ for x ≤ 0, with n = round(x/ln 2). 2ʳ = 1 + r·p(r), where p has degree 5 and the least relative error
// (3·10⁻⁹). The error of x/ln 2 grows with |x| while the result shrinks; the absolute error of the result stays below
// 10⁻⁷. Where 2ⁿ is not a normal number, the exponent bits become 0. NaN stays NaN.
template <class F>
F exp_of_nonpositive(F x) {
  const F y = max(F(-127.0f), x * F(0x1.715476p+0f)), n = round(y), r = y - n;
  F p = F(0x1.416b44p-13f);
  p = fma(p, r, F(0x1.5f0830p-10f));
  p = fma(p, r, F(0x1.3b2de0p-7f));
  p = fma(p, r, F(0x1.c6af7cp-5f));
  p = fma(p, r, F(0x1.ebfbdcp-3f));
  p = fma(p, r, F(0x1.62e430p-1f));
  return from_bits(bits(fma(p, r, F(1.0f))) + (to_integer(n) << 23));
}

// y = factor·x [rows,cols] in f32. The rest of the last register of every row is filled with zeros.
template <class F, class Element>
void copy_rows(const Element* x, Index ldx, Index rows, Index cols, float factor, float* y, Index ldy) {
  for (Index i = 0; i < rows; ++i, x += ldx, y += ldy) {
    for_each_register<F>(cols, [&](Index j, auto lanes) { (lanes.load(x + j) * F(factor)).store(y + j); });
  }
}

// y = factor(i)·x or y += factor(i)·x, for each row i.
template <class F, class Element, class Factor>
void put_rows(const float* x, Index ldx, Index rows, Index cols, const Factor& factor, Element* y, Index ldy,
              bool accumulate) {
  if (y == nullptr) return;
  for (Index i = 0; i < rows; ++i, x += ldx, y += ldy) {
    const F factor_i(factor(i));
    for_each_register<F>(cols, [&](Index j, auto lanes) { put(lanes, F::load(x + j) * factor_i, accumulate, y + j); });
  }
}

// Packs the transpose of x [rows,cols] into panels.
template <class F>
Panels pack_transpose(const float* x, Index ldx, Index rows, Index cols, float* panels) {
  constexpr Index width = panel_width<F>;
  for (Index j = 0; j < rows; j += width) {
    gemm_pack_transposed<F>(x + j * ldx, ldx, cols, rows - j < width ? rows - j : width, panels + j * cols, width);
  }
  return {panels, width, width * cols};
}

template <class F>
Panels panels_of(const float* x, Index ldx) {
  return {x, ldx, panel_width<F>};
}

// Hands out scratch memory. Constructed with a null pointer, it only counts how many floats are requested.
namespace {
struct Scratch {
  float* memory;
  Index taken = 0;

  float* take(Index rows, Index stride) {
    float* const part = memory == nullptr ? nullptr : memory + taken;
    taken += (rows * stride + 15) / 16 * 16;
    return part;
  }
};
}  // namespace

// The number of floats in the panels of a transposed [length,D].
template <class F>
Index floats_of_panels(Index length, Index size) {
  return (length + panel_width<F> - 1) / panel_width<F> * panel_width<F> * size;
}

// Draws the dropout factors of row i of the probabilities into `factors`; returns null without dropout.
template <class F, class Element>
const float* dropout_row(const AttentionHead<Element>& head, Index i, float* factors) {
  if (head.dropout == 0) return nullptr;
  const std::uint64_t first = head.first_draw + (static_cast<std::uint64_t>(i * head.heads) << 16);
  dropout_factors<F>(head.dropout, head.key, first, whole_registers<F>(head.length), factors);
  return factors;
}

template <class F>
void hide_scores_behind_the_end(float* scores, Index length) {
  for (Index j = length; j < whole_registers<F>(length); ++j) scores[j] = -__builtin_inff();
}

template <class F>
struct ForwardMemory {
  static constexpr Index block = 12;  // queries that are processed together

  ForwardMemory(float* memory, Index length, Index size) {
    Scratch scratch{memory};
    ld_scores = row_stride<F>(length);
    ld_size = row_stride<F>(size);
    keys_t = scratch.take(1, floats_of_panels<F>(length, size));
    values = scratch.take(length, ld_size);
    queries = scratch.take(block, ld_size);
    p = scratch.take(block, ld_scores);
    output = scratch.take(block, ld_size);
    factors = scratch.take(1, ld_scores);
    inverse_sum = scratch.take(1, block);
    floats = scratch.taken;
  }

  Index ld_scores, ld_size;  // the distance between rows of a matrix [·,length], and of a matrix [·,D]
  float *keys_t, *values, *queries, *p, *output, *factors, *inverse_sum;
  Index floats;
};

// Replaces the scores in p by exp(scores − max)∘factors and returns the sum of exp(scores − max), by which the caller
// divides.
template <class F>
float softmax_row(float* p, Index length, const float* factors, float& maximum) {
  hide_scores_behind_the_end<F>(p, length);
  F most(p[0]);
  for (Index j = 0; j < length; j += F::lanes) most = max(most, F::load(p + j));
  maximum = max_lane(most);
  F sums(0.0f);
  for (Index j = 0; j < length; j += F::lanes) {
    const F e = exp_of_nonpositive(F::load(p + j) - F(maximum));
    sums += e;
    (factors == nullptr ? e : e * F::load(factors + j)).store(p + j);
  }
  return sum(sums);
}

template <class F, class Element>
void attention_forward(const AttentionHead<Element>& head, Element* output, float* log_sum_exp) {
  const Index length = head.length, size = head.size, stride = head.heads * size;
  const float scale = 1.0f / __builtin_sqrtf(static_cast<float>(size));
  const ForwardMemory<F> m(head.scratch, length, size);
  copy_rows<F>(head.k, stride, length, size, 1.0f, m.values, m.ld_size);  // a temporary copy: the next line packs it
  const Panels keys_t = pack_transpose<F>(m.values, m.ld_size, length, size, m.keys_t);
  copy_rows<F>(head.v, stride, length, size, 1.0f, m.values, m.ld_size);
  const Panels values = panels_of<F>(m.values, m.ld_size);

  for (Index begin = 0; begin < length; begin += m.block) {
    const Index rows = length - begin < m.block ? length - begin : m.block;
    copy_rows<F>(head.q + begin * stride, stride, rows, size, scale, m.queries, m.ld_size);
    multiply<F, false>(rows, length, size, m.queries, m.ld_size, keys_t, m.p, m.ld_scores, false);
    for (Index i = 0; i < rows; ++i) {
      float maximum;
      const float* const factors = dropout_row<F>(head, begin + i, m.factors);
      const float sum = softmax_row<F>(m.p + i * m.ld_scores, length, factors, maximum);
      m.inverse_sum[i] = 1.0f / sum;
      log_sum_exp[(begin + i) * head.heads] = maximum + __builtin_logf(sum);
    }
    multiply<F, false>(rows, size, length, m.p, m.ld_scores, values, m.output, m.ld_size, false);
    put_rows<F>(
        m.output, m.ld_size, rows, size, [&](Index i) { return m.inverse_sum[i]; }, output + begin * stride, stride,
        false);
  }
}

// With probabilities = exp(scores − log_sum_exp): replaces the scores in p by the dropped probabilities, and ddropped
// in dp by dscores = probabilities∘(dp − rowsum(probabilities∘dp)).
template <class F>
void softmax_row_backward(float* p, float* dp, Index length, const float* factors, float log_sum_exp, float* spare) {
  hide_scores_behind_the_end<F>(p, length);
  // Without dropout both are the same.
  float* const undropped = factors == nullptr ? p : spare;
  F sums(0.0f);
  for (Index j = 0; j < length; j += F::lanes) {
    F p_j = exp_of_nonpositive(F::load(p + j) - F(log_sum_exp));
    if (factors != nullptr) {
      p_j.store(undropped + j);
      p_j *= F::load(factors + j);
    }
    p_j.store(p + j);
    const F product = p_j * F::load(dp + j);
    sums += product;
    product.store(dp + j);
  }
  const F mean(sum(sums));
  for (Index j = 0; j < length; j += F::lanes) fnma(F::load(undropped + j), mean, F::load(dp + j)).store(dp + j);
}

template <class F>
struct BackwardMemory {
  static constexpr Index tile = 12;  // queries whose scores and dscores are computed together

  BackwardMemory(float* memory, Index length, Index size) {
    Scratch scratch{memory};
    ld_scores = row_stride<F>(length);
    ld_size = row_stride<F>(size);
    constexpr Index most_floats = Index{1} << 15;
    const Index most_rows = most_floats / ld_scores / tile * tile;
    block = length * ld_scores <= most_floats ? length : most_rows > tile ? most_rows : tile;
    keys_t = scratch.take(1, floats_of_panels<F>(length, size));
    values_t = scratch.take(1, floats_of_panels<F>(length, size));
    keys = scratch.take(length, ld_size);
    queries = scratch.take(block, ld_size);
    doutput = scratch.take(block > length ? block : length, ld_size);
    p = scratch.take(block, ld_scores);
    ds = scratch.take(block, ld_scores);
    dqueries = scratch.take(block, ld_size);
    dkeys = scratch.take(length, ld_size);
    dvalues = scratch.take(length, ld_size);
    factors = scratch.take(1, ld_scores);
    undropped = scratch.take(1, ld_scores);
    floats = scratch.taken;
  }

  Index ld_scores, ld_size, block;
  float *keys_t, *values_t, *keys, *queries, *doutput, *p, *ds, *dqueries, *dkeys, *dvalues, *factors, *undropped;
  Index floats;
};

template <class F, class Element>
void attention_backward(const AttentionHead<Element>& head, const AttentionHeadGradient<Element>& gradient) {
  const Index length = head.length, size = head.size, stride = head.heads * size;
  const float scale = 1.0f / __builtin_sqrtf(static_cast<float>(size));
  const BackwardMemory<F> m(head.scratch, length, size);
  copy_rows<F>(head.v, stride, length, size, 1.0f, m.doutput, m.ld_size);  // a temporary copy: the next line packs it
  const Panels values_t = pack_transpose<F>(m.doutput, m.ld_size, length, size, m.values_t);
  copy_rows<F>(head.k, stride, length, size, 1.0f, m.keys, m.ld_size);
  const Panels keys_t = pack_transpose<F>(m.keys, m.ld_size, length, size, m.keys_t),
               keys = panels_of<F>(m.keys, m.ld_size);
  const Panels queries = panels_of<F>(m.queries, m.ld_size), doutput = panels_of<F>(m.doutput, m.ld_size);

  for (Index begin = 0; begin < length; begin += m.block) {
    const Index rows = length - begin < m.block ? length - begin : m.block;
    copy_rows<F>(head.q + begin * stride, stride, rows, size, scale, m.queries, m.ld_size);
    copy_rows<F>(gradient.doutput + begin * stride, stride, rows, size, 1.0f, m.doutput, m.ld_size);
    for (Index i = 0; i < rows; i += m.tile) {
      const Index tall = rows - i < m.tile ? rows - i : m.tile;
      float *const p = m.p + i * m.ld_scores, *const ds = m.ds + i * m.ld_scores;
      multiply<F, false>(tall, length, size, m.queries + i * m.ld_size, m.ld_size, keys_t, p, m.ld_scores, false);
      multiply<F, false>(tall, length, size, m.doutput + i * m.ld_size, m.ld_size, values_t, ds, m.ld_scores, false);
      for (Index r = 0; r < tall; ++r) {
        const float* const factors = dropout_row<F>(head, begin + i + r, m.factors);
        const float normaliser = gradient.log_sum_exp[(begin + i + r) * head.heads];
        softmax_row_backward<F>(p + r * m.ld_scores, ds + r * m.ld_scores, length, factors, normaliser, m.undropped);
      }
    }
    multiply<F, false>(rows, size, length, m.ds, m.ld_scores, keys, m.dqueries, m.ld_size, false);
    Element* const dq = gradient.dq.data == nullptr ? nullptr : gradient.dq.data + begin * stride;
    put_rows<F>(
        m.dqueries, m.ld_size, rows, size, [=](Index) { return scale; }, dq, stride, gradient.dq.accumulate);
    multiply<F, true>(length, size, rows, m.p, m.ld_scores, doutput, m.dvalues, m.ld_size, begin > 0);
    multiply<F, true>(length, size, rows, m.ds, m.ld_scores, queries, m.dkeys, m.ld_size, begin > 0);
  }
  const auto whole = [](Index) { return 1.0f; };
  put_rows<F>(m.dkeys, m.ld_size, length, size, whole, gradient.dk.data, stride, gradient.dk.accumulate);
  put_rows<F>(m.dvalues, m.ld_size, length, size, whole, gradient.dv.data, stride, gradient.dv.accumulate);
}

template <class F>
Index attention_scratch(Index length, Index size) {
  const Index forward = ForwardMemory<F>(nullptr, length, size).floats;
  const Index backward = BackwardMemory<F>(nullptr, length, size).floats;
  return forward > backward ? forward : backward;
}

template <class F, class Element>
constexpr AttentionLoops<Element> attention_loops() {
  return {.scratch = attention_scratch<F>,
          .forward = attention_forward<F, Element>,
          .backward = attention_backward<F, Element>};
}

}  // namespace mini_bert::simd
