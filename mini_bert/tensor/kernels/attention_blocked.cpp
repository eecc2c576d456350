#include "mini_bert/tensor/kernels/attention_blocked.h"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/rehearsal.h"

namespace mini_bert::kernels {
namespace {

// The scratch memory of this thread. It grows to the largest size requested so far.
float* scratch_of_this_thread(Index floats) {
  thread_local Tensor memory;
  if (memory.size() < floats) memory = Tensor({floats});
  return memory.data<float>();
}

// How many heads of a sentence one thread computes in turn, so that it prefetches the next one while it computes one.
// There are enough such groups for all threads to end at about the same time.
Index heads_in_turn(Index sentences, Index heads) {
  constexpr Index groups_per_thread = 16;
  Index group = heads;
  while (group > 1 && (heads % group != 0 || sentences * (heads / group) < groups_per_thread * num_threads())) --group;
  return group;
}

// Calls body(sentence, head) for every head of every sentence. The heads of a single sentence are shared like the
// columns of the products that made them, so that threads find them in their caches. Otherwise the longest sentences
// come first, and a thread takes the next heads when it has finished some, so that all threads end at about the same
// time. The result does not depend on which thread computes a head. The body uses so many floats of scratch memory.
template <class Body>
void for_each_head(const SequenceOffsets& offsets, Index heads, Index scratch_floats, const Body& body) {
  Rehearsal::scratch(static_cast<std::size_t>(scratch_floats) * sizeof(float));
  if (offsets.count() == 1) return parallel_for(heads, 1, [&](Index head) { body(Index{0}, head); });
  thread_local std::vector<Index> order_of_this_thread;
  std::vector<Index>& order = order_of_this_thread;
  order.resize(static_cast<std::size_t>(offsets.count()));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::sort(order, [&](Index a, Index b) {
    return offsets.length(a) != offsets.length(b) ? offsets.length(a) > offsets.length(b) : a < b;
  });
  const Index group = heads_in_turn(offsets.count(), heads), groups = heads / group;
  std::atomic<Index> next = 0;
  parallel_for(num_threads(), 1, [&](Index) {
    for (Index task = next++; task < offsets.count() * groups; task = next++) {
      const Index sentence = order[task / groups], first = task % groups * group;
      for (Index head = first; head < first + group; ++head) body(sentence, head);
    }
  });
}

// One head of one sentence.
template <class Element>
simd::AttentionHead<Element> head_of(const AttentionInputs& in, const SequenceOffsets& offsets,
                                     const AttentionOptions& options, Index sentence, Index head, float* scratch) {
  const Index hidden = in.q.cols(), size = hidden / options.heads, begin = offsets.begin(sentence);
  const Index first = begin * hidden + head * size;
  return {.length = offsets.length(sentence),
          .size = size,
          .heads = options.heads,
          .q = in.q.data<Element>() + first,
          .k = in.k.data<Element>() + first,
          .v = in.v.data<Element>() + first,
          .dropout = options.dropout,
          .key = options.key,
          .first_draw = static_cast<std::uint64_t>(begin * options.heads + head) << 16,
          .scratch = scratch};
}

template <class Element>
simd::AttentionTarget<Element> target_of(const Gradient& gradient, Index first) {
  if (!gradient) return {};
  return {gradient.tensor().data<Element>() + first, gradient.accumulates()};
}

}  // namespace

template <class Element>
void attention_blocked(const simd::AttentionLoops<Element>& loops, const AttentionInputs& in,
                       const SequenceOffsets& offsets, const AttentionOptions& options, Tensor& output,
                       Tensor& log_sum_exp) {
  const Index hidden = output.cols(), size = hidden / options.heads;
  const Index floats = loops.scratch(offsets.longest(), size);
  for_each_head(offsets, options.heads, floats, [&](Index sentence, Index head) {
    const Index begin = offsets.begin(sentence);
    loops.forward(head_of<Element>(in, offsets, options, sentence, head, scratch_of_this_thread(floats)),
                  output.data<Element>() + begin * hidden + head * size,
                  log_sum_exp.defined() ? log_sum_exp.data<float>() + begin * options.heads + head : nullptr);
  });
}

template <class Element>
void attention_backward_blocked(const simd::AttentionLoops<Element>& loops, const Tensor& doutput,
                                const AttentionInputs& in, const Tensor& log_sum_exp, const SequenceOffsets& offsets,
                                const AttentionOptions& options, const AttentionGradients& gradients) {
  const Index hidden = doutput.cols(), size = hidden / options.heads;
  const Index floats = loops.scratch(offsets.longest(), size);
  for_each_head(offsets, options.heads, floats, [&](Index sentence, Index head) {
    const Index begin = offsets.begin(sentence), first = begin * hidden + head * size;
    loops.backward(head_of<Element>(in, offsets, options, sentence, head, scratch_of_this_thread(floats)),
                   {.doutput = doutput.data<Element>() + first,
                    .log_sum_exp = log_sum_exp.data<float>() + begin * options.heads + head,
                    .dq = target_of<Element>(gradients.dq, first),
                    .dk = target_of<Element>(gradients.dk, first),
                    .dv = target_of<Element>(gradients.dv, first)});
  });
}

template void attention_blocked(const simd::AttentionLoops<float>&, const AttentionInputs&, const SequenceOffsets&,
                                const AttentionOptions&, Tensor&, Tensor&);
template void attention_blocked(const simd::AttentionLoops<BFloat16>&, const AttentionInputs&, const SequenceOffsets&,
                                const AttentionOptions&, Tensor&, Tensor&);
template void attention_backward_blocked(const simd::AttentionLoops<float>&, const Tensor&, const AttentionInputs&,
                                         const Tensor&, const SequenceOffsets&, const AttentionOptions&,
                                         const AttentionGradients&);
template void attention_backward_blocked(const simd::AttentionLoops<BFloat16>&, const Tensor&, const AttentionInputs&,
                                         const Tensor&, const SequenceOffsets&, const AttentionOptions&,
                                         const AttentionGradients&);

}  // namespace mini_bert::kernels
