#include "tests/failing_new.h"

#include <cstdlib>
#include <new>

namespace mini_bert::test {

thread_local FailingNew failing_new;

}  // namespace mini_bert::test

void* operator new(std::size_t size) {
  using mini_bert::test::failing_new;
  const bool fails = failing_new.fail_at != 0 && ++failing_new.calls == failing_new.fail_at;
  void* const memory = fails ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// std::stable_sort() calls it. Sanitizers have one of their own, whose memory the function below may not free.
void* operator new(std::size_t size, const std::nothrow_t& /*nothrow*/) noexcept {
  try {
    return ::operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
