// A library to be loaded before a program (LD_PRELOAD). The Nth call of malloc() and its relatives after main() begins
// returns null, N from FAIL_MALLOC_AT; with FAIL_MALLOC_LASTING, so does each call after it. Needs glibc, whose own
// functions have second names.
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include <dlfcn.h>

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
}

namespace {

long fail_at = 0;  // 0: main() has not begun, or nothing fails
bool lasts = false;
long calls = 0;

bool fails() {
  if (fail_at == 0) return false;
  const long call = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
  return call == fail_at || (lasts && call > fail_at);
}

void* refuse() {
  errno = ENOMEM;
  return nullptr;
}

int (*real_main)(int, char**, char**) = nullptr;

int counting_main(int argc, char** argv, char** environment) {
  const char* const at = std::getenv("FAIL_MALLOC_AT");
  lasts = std::getenv("FAIL_MALLOC_LASTING") != nullptr;
  fail_at = at == nullptr ? 0 : std::atol(at);
  return real_main(argc, argv, environment);
}

}  // namespace

extern "C" {

void* malloc(size_t size) {
  return fails() ? refuse() : __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  return fails() ? refuse() : __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  return fails() ? refuse() : __libc_realloc(memory, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  return fails() ? refuse() : __libc_memalign(alignment, size);
}

int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv, void (*initial)(), void (*final)(),
                      void (*loader_final)(), void* stack_end) {
  using Start = int (*)(int (*)(int, char**, char**), int, char**, void (*)(), void (*)(), void (*)(), void*);
  const auto start = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"));
  real_main = main;
  return start(counting_main, argc, argv, initial, final, loader_final, stack_end);
}
}
