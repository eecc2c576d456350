#pragma once

#include <cstddef>
#include <memory>

#include "tests/tensor/guarded_memory.h"

namespace mini_bert::testing {

// n numbers in GuardedMemory: the first right behind the one guard, or the last right before the other.
enum class Edge { front, back };

template <class T>
class GuardedArray {
 public:
  explicit GuardedArray(std::size_t n, Edge edge = Edge::back)
      : memory_(std::make_unique<GuardedMemory>(n * sizeof(T))),
        n_(n),
        data_(reinterpret_cast<T*>(memory_->place(n * sizeof(T), edge == Edge::back))) {}

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return n_; }
  T* begin() { return data_; }
  T* end() { return data_ + n_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + n_; }

 private:
  std::unique_ptr<GuardedMemory> memory_;
  std::size_t n_;
  T* data_;
};

}  // namespace mini_bert::testing
