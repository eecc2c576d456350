#include "mini_bert/tensor/rehearsal.h"

#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert {
namespace {

thread_local Rehearsal* rehearsal = nullptr;

std::vector<std::shared_ptr<std::byte>> for_each_thread(std::size_t bytes) {
  std::vector<std::shared_ptr<std::byte>> memory;
  for (int i = 0; i < num_threads(); ++i) memory.push_back(CachingAllocator::instance().allocate(bytes));
  return memory;
}

}  // namespace

Rehearsal::Rehearsal() : outer_(rehearsal) {
  rehearsal = this;
}
Rehearsal::~Rehearsal() {
  rehearsal = outer_;
}

bool Rehearsal::is_running() {
  return rehearsal != nullptr;
}

void Rehearsal::scratch(std::size_t bytes) {
  if (rehearsal == nullptr || bytes <= rehearsal->most_) return;
  rehearsal->most_ = bytes;
  rehearsal->scratch_ = for_each_thread(bytes);
}

void Rehearsal::passing(std::size_t bytes) {
  if (rehearsal != nullptr) for_each_thread(bytes);
}

}  // namespace mini_bert
