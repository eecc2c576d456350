#pragma once

#include <cstddef>

namespace mini_bert::bench {

// How often this program has called malloc, calloc, realloc, aligned_alloc, posix_memalign, memalign or operator new
// since it began, on all threads. A program that calls this function has them replaced by ones that count.
std::size_t heap_allocations();

// The most physical memory this process has had at once, in bytes.
std::size_t peak_resident_bytes();

}  // namespace mini_bert::bench
