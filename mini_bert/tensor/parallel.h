#pragma once

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// How many threads parallel_for uses. The default is the number of CPUs that the process may run on, or
// OMP_NUM_THREADS.
int num_threads();
void set_num_threads(int count);

// Which thread takes a chunk.
//   even: each thread gets a fixed, equal share. Loops of the same length are split the same way, so caches stay warm.
//   free: each thread takes the next chunk as soon as it is free, so that a thread that other programs delay does not
//         delay the rest. Worth it for many chunks that read memory which is in no cache.
enum class Sharing { even, free };

namespace detail {
void parallel_chunks(Index n, Index grain, Sharing sharing, const void* body,
                     void (*run)(const void* body, Index begin, Index end));
}

// Calls body(i) for every i in [0, n). Consecutive indices form chunks of `grain` (the last may be shorter), and any
// thread may run a chunk. Two bodies must not write to the same output, and a sum must stay inside one body: then
// results do not depend on the number of threads. An exception that a body throws reaches the caller.
template <class Body>
void parallel_for(Index n, Index grain, const Body& body, Sharing sharing = Sharing::even) {
  detail::parallel_chunks(n, grain, sharing, &body, [](const void* erased, Index begin, Index end) {
    const Body& body = *static_cast<const Body*>(erased);
    for (Index i = begin; i < end; ++i) body(i);
  });
}

// The same, one call per chunk: body(begin, end).
template <class Body>
void parallel_for_chunks(Index n, Index grain, const Body& body) {
  detail::parallel_chunks(n, grain, Sharing::even, &body, [](const void* erased, Index begin, Index end) {
    (*static_cast<const Body*>(erased))(begin, end);
  });
}

}  // namespace mini_bert
