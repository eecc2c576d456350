#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

#include "mini_bert/base/error.h"

namespace mini_bert::testing {

// n numbers between two pages that may not be touched: the first behind the one, or the last right before the other.
// Whoever reads or writes a byte too far ends the test.
enum class Edge { front, back };

template <class T>
class GuardedArray {
 public:
  explicit GuardedArray(std::size_t n, Edge edge = Edge::back) : n_(n) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t room = (n * sizeof(T) / page + 1) * page;
    mapped_bytes_ = room + 2 * page;
    void* const mapped = mmap(nullptr, mapped_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(mapped != MAP_FAILED, "guarded array: no memory for {} bytes", mapped_bytes_);
    mapped_ = static_cast<std::byte*>(mapped);
    require(mprotect(mapped_ + page, room, PROT_READ | PROT_WRITE) == 0, "guarded array: mprotect failed");
    data_ = reinterpret_cast<T*>(mapped_ + page + (edge == Edge::back ? room - n * sizeof(T) : 0));
  }
  GuardedArray(GuardedArray&& other) noexcept
      : mapped_(std::exchange(other.mapped_, nullptr)),
        mapped_bytes_(other.mapped_bytes_),
        n_(other.n_),
        data_(other.data_) {}
  GuardedArray& operator=(GuardedArray&&) = delete;
  ~GuardedArray() {
    if (mapped_ != nullptr) munmap(mapped_, mapped_bytes_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return n_; }
  T* begin() { return data_; }
  T* end() { return data_ + n_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + n_; }

 private:
  std::byte* mapped_ = nullptr;
  std::size_t mapped_bytes_ = 0, n_;
  T* data_ = nullptr;
};

}  // namespace mini_bert::testing
