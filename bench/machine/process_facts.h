#pragma once

#include <cstddef>

namespace mini_bert::bench {

// How often all threads of this program have called malloc, calloc, realloc, aligned_alloc, posix_memalign, memalign or
// operator new since it began. Linking this function replaces them by versions that count.
std::size_t heap_allocations();

// The largest amount of physical memory that this process has used so far, in bytes.
std::size_t peak_resident_bytes();

}  // namespace mini_bert::bench
