#pragma once

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// How many threads parallel_for uses; at first as many as the process may run on (OMP_NUM_THREADS is honoured).
int num_threads();
void set_num_threads(int count);

// Which thread takes a chunk. even: every thread as many, the same ones whenever the loop is as long, so that what a
// thread needs is still in its caches. free: whoever is free takes the next, so that a thread which is held up by other
// programs holds up no other; worth it where chunks are many and read memory that no cache holds anyway.
enum class Sharing { even, free };

namespace detail {
void parallel_chunks(Index n, Index grain, Sharing sharing, const void* body,
                     void (*run)(const void* body, Index begin, Index end));
}

// Calls body(i) for every i in [0, n), consecutive indices in chunks of `grain` (the last may be shorter), chunks on
// any thread. Bodies must not touch the same output; sums across indices belong inside one body, so that results do
// not depend on the number of threads. An exception thrown by a body reaches the caller.
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
