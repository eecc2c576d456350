#pragma once

#include "mini_bert/tensor/kernels/attention_factors.h"
#include "mini_bert/tensor/kernels/attention_head.h"
#include "mini_bert/tensor/kernels/attention_memory.h"
#include "mini_bert/tensor/kernels/attention_tiles.h"
#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/philox.h"
#include "mini_bert/tensor/simd/registers.h"

// Attention of one head of one sentence. All its matrices stay in the first two caches: keys and values are packed
// once, queries are processed in blocks of rows. docs/attention.md explains the blocks.
//
// Words says what the products multiply. Sums, softmax and its derivative are f32. With pairs of bfloat16, for
// activations of that type, the factors p and dscores are rounded once, and everything else is multiplied as it is.
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

// Draws the dropout factors of row i of the probabilities into `factors`; returns null without dropout.
template <class F, class Element>
const float* dropout_row(const AttentionHead<Element>& head, Index i, float* factors) {
  if (head.dropout == 0) return nullptr;
  const std::uint64_t first = head.first_draw + (static_cast<std::uint64_t>(i * head.heads) << 16);
  dropout_factors<F>(head.dropout, head.key, first, whole_registers<F>(head.length), factors);
  return factors;
}

// Scores j, j+1, … of a row; those behind its end are −∞. (If −∞ were stored, the next load would wait for the store.)
template <class F>
F load_scores(const float* row, Index j, Index length) {
  const F scores = F::load(row + j);
  if (j + F::lanes <= length) return scores;
  return select(to_float(F::Bits::iota()) < F(static_cast<float>(length - j)), scores, F(-__builtin_inff()));
}

// The factor 1/√D. Queries are multiplied by it when they are copied. In bfloat16 that would round them, unless D is a
// power of four; there the scores, which are f32, are multiplied.
template <class Words>
struct Scale {
  explicit Scale(Index size) : whole(1.0f / __builtin_sqrtf(static_cast<float>(size))) {}

  float whole, of_queries = Words::terms == 1 ? whole : 1.0f, of_scores = Words::terms == 1 ? 1.0f : whole;
};

// Replaces the scores in p by exp(scores − max)∘factors, as a row of a left factor, and returns the sum of
// exp(scores − max), by which the caller divides.
template <class F, class Words>
float softmax_row(float* p, Index length, const float* factors, float score_factor, float& maximum) {
  F most(-__builtin_inff());
  for (Index j = 0; j < length; j += F::lanes) {
    F score = load_scores<F>(p, j, length);
    if constexpr (Words::terms > 1) {
      score *= F(score_factor);
      score.store(p + j);
    }
    most = max(most, score);
  }
  maximum = max_lane(most);
  F sums(0.0f);
  for (Index j = 0; j < length; j += F::lanes) {
    const F e = exp_of_nonpositive(load_scores<F>(p, j, length) - F(maximum));
    sums += e;
    (factors == nullptr ? e : e * F::load(factors + j)).store(p + j);
  }
  if constexpr (Words::terms > 1) round_row<F, Words>(p, length, p);
  return sum(sums);
}

// Prefetches what attention_forward reads and writes for row i of the next head, which lies beside this one. <F>:
// as in SpreadPrefetch.
template <class F, class Element>
void prefetch_next_head(const AttentionHead<Element>& head, const Element* output, Index i) {
  constexpr Index line = 64 / sizeof(Element);
  const Index row = i * head.heads * head.size + head.size;
  for (Index j = 0; j < head.size; j += line) {
    for (const Element* const x : {head.q, head.k, head.v}) __builtin_prefetch(x + row + j, 0, 2);
    __builtin_prefetch(output + row + j, 1, 2);
  }
}

template <class F, class Words, class Element>
void attention_forward(const AttentionHead<Element>& head, Element* output, float* log_sum_exp) {
  const Index length = head.length, size = head.size, stride = head.heads * size;
  const Scale<Words> scale(size);
  const ForwardMemory<F, Words> m(head.scratch, length, size);
  // A temporary copy: the next line packs it.
  pack_rows<F, Words>(head.k, stride, length, size, 1.0f, m.values, m.ld_rows);
  const Panels keys_t = pack_transpose<F, Words>(m.values, m.ld_rows, length, size, m.keys_t);
  pack_columns<F, Words>(head.v, stride, length, size, m.values, m.ld_size);
  const Panels values = panels_of<F>(m.values, m.ld_size);

  for (Index begin = 0; begin < length; begin += m.block) {
    const Index rows = length - begin < m.block ? length - begin : m.block;
    pack_rows<F, Words>(head.q + begin * stride, stride, rows, size, scale.of_queries, m.queries, m.ld_rows);
    multiply<F, Words, false>(rows, length, words_of<Words>(size), m.queries, m.ld_rows, keys_t, m.p, m.ld_scores,
                              false);
    for (Index i = 0; i < rows; ++i) {
      prefetch_next_head<F>(head, output, begin + i);
      float maximum;
      const float* const factors = dropout_row<F>(head, begin + i, m.factors);
      const float sum = softmax_row<F, Words>(m.p + i * m.ld_scores, length, factors, scale.of_scores, maximum);
      m.inverse_sum[i] = 1.0f / sum;
      if (log_sum_exp != nullptr) log_sum_exp[(begin + i) * head.heads] = maximum + __builtin_logf(sum);
    }
    multiply<F, Words, false>(rows, size, words_of<Words>(length), m.p, m.ld_scores, values, m.output, m.ld_size,
                              false);
    put_rows<F>(
        m.output, m.ld_size, rows, size, [&](Index i) { return m.inverse_sum[i]; }, output + begin * stride, stride,
        false);
  }
}

// With probabilities = exp(scores − log_sum_exp): replaces the scores in p by the dropped probabilities, and ddropped
// in dp by dscores = probabilities∘(dp − rowsum(probabilities∘dp)).
template <class F, class Words>
void softmax_row_backward(float* p, float* dp, Index length, const float* factors, float score_factor,
                          float log_sum_exp, float* spare) {
  if constexpr (Words::terms > 1) {
    // Rounded and stored as in the forward pass. A multiplication in the next loop could become part of an FMA.
    for (Index j = 0; j < length; j += F::lanes) (F::load(p + j) * F(score_factor)).store(p + j);
  }
  // Without dropout both are the same.
  float* const undropped = factors == nullptr ? p : spare;
  F sums(0.0f);
  for (Index j = 0; j < length; j += F::lanes) {
    F p_j = exp_of_nonpositive(load_scores<F>(p, j, length) - F(log_sum_exp));
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

// Stores rows r and r+1 of a tile as factors: p∘R as columns, dscores as columns and as rows. The tile has `tall` rows,
// perhaps not the second of them, and begins with query i of its block.
template <class F, class Words>
void round_two_rows(const BackwardMemory<F, Words>& m, Index length, Index i, Index r, Index tall) {
  const Index ld = m.ld_scores, column = words_of<Words>(i + r) * ld;
  const bool are_two = r + 1 < tall;
  const float *const p = m.p + r * ld, *const ds = m.ds + r * ld;
  round_columns<F, Words>(p, are_two ? p + ld : nullptr, length, m.p_columns + column);
  round_columns<F, Words>(ds, are_two ? ds + ld : nullptr, length, m.ds_columns + column);
  round_row<F, Words>(ds, length, m.ds_rows + (i + r) * m.ld_score_rows);
  if (are_two) round_row<F, Words>(ds + ld, length, m.ds_rows + (i + r + 1) * m.ld_score_rows);
}

template <class F, class Words, class Element>
void attention_backward(const AttentionHead<Element>& head, const AttentionHeadGradient<Element>& gradient) {
  const Index length = head.length, size = head.size, stride = head.heads * size, depth = words_of<Words>(size);
  const Scale<Words> scale(size);
  const BackwardMemory<F, Words> m(head.scratch, length, size);
  pack_rows<F, Words>(head.v, stride, length, size, 1.0f, m.dvalues, m.ld_rows);  // a temporary copy
  const Panels values_t = pack_transpose<F, Words>(m.dvalues, m.ld_rows, length, size, m.values_t);
  pack_rows_and_columns<F, Words>(head.k, stride, length, size, 1.0f, m.key_rows, m.ld_rows, m.keys, m.ld_size);
  const Panels keys_t = pack_transpose<F, Words>(m.key_rows, m.ld_rows, length, size, m.keys_t),
               keys = panels_of<F>(m.keys, m.ld_size);
  const Panels queries = panels_of<F>(m.queries, m.ld_size), doutput = panels_of<F>(m.doutput, m.ld_size);

  for (Index begin = 0; begin < length; begin += m.block) {
    const Index rows = length - begin < m.block ? length - begin : m.block;
    pack_rows_and_columns<F, Words>(head.q + begin * stride, stride, rows, size, scale.of_queries, m.query_rows,
                                    m.ld_rows, m.queries, m.ld_size);
    pack_rows_and_columns<F, Words>(gradient.doutput + begin * stride, stride, rows, size, 1.0f, m.doutput_rows,
                                    m.ld_rows, m.doutput, m.ld_size);
    for (Index i = 0; i < rows; i += m.tile) {
      const Index tall = rows - i < m.tile ? rows - i : m.tile;
      float *const p = m.tile_of(m.p, i), *const ds = m.tile_of(m.ds, i);
      multiply<F, Words, false>(tall, length, depth, m.query_rows + i * m.ld_rows, m.ld_rows, keys_t, p, m.ld_scores,
                                false);
      multiply<F, Words, false>(tall, length, depth, m.doutput_rows + i * m.ld_rows, m.ld_rows, values_t, ds,
                                m.ld_scores, false);
      for (Index r = 0; r < tall; ++r) {
        const float* const factors = dropout_row<F>(head, begin + i + r, m.factors);
        const float normaliser = gradient.log_sum_exp[(begin + i + r) * head.heads];
        softmax_row_backward<F, Words>(p + r * m.ld_scores, ds + r * m.ld_scores, length, factors, scale.of_scores,
                                       normaliser, m.undropped);
        if constexpr (Words::terms > 1) {
          if (r % 2 == 1 || r + 1 == tall) round_two_rows<F, Words>(m, length, i, r / 2 * 2, tall);
        }
      }
    }
    multiply<F, Words, false>(rows, size, words_of<Words>(length), m.ds_rows, m.ld_score_rows, keys, m.dqueries,
                              m.ld_size, false);
    Element* const dq = gradient.dq.data == nullptr ? nullptr : gradient.dq.data + begin * stride;
    put_rows<F>(
        m.dqueries, m.ld_size, rows, size, [&](Index) { return scale.whole; }, dq, stride, gradient.dq.accumulate);
    multiply<F, Words, true>(length, size, words_of<Words>(rows), m.p_columns, m.ld_scores, doutput, m.dvalues,
                             m.ld_size, begin > 0);
    multiply<F, Words, true>(length, size, words_of<Words>(rows), m.ds_columns, m.ld_scores, queries, m.dkeys,
                             m.ld_size, begin > 0);
  }
  const auto whole = [](Index) { return 1.0f; };
  put_rows<F>(
      m.dkeys, m.ld_size, length, size, [&](Index) { return scale.of_scores; }, gradient.dk.data, stride,
      gradient.dk.accumulate);
  put_rows<F>(m.dvalues, m.ld_size, length, size, whole, gradient.dv.data, stride, gradient.dv.accumulate);
}

template <class F, class Element, class Words = F32Words<F>>
constexpr AttentionLoops<Element> attention_loops() {
  return {.scratch = attention_scratch<F, Words>,
          .forward = attention_forward<F, Words, Element>,
          .backward = attention_backward<F, Words, Element>};
}

}  // namespace mini_bert::simd
