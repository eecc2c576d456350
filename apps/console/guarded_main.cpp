#include "apps/console/guarded_main.h"

#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <new>

namespace mini_bert {
namespace {

iovec piece(const char* text) {
  return {const_cast<char*>(text), std::strlen(text)};
}

}  // namespace

int guarded_main(const char* program, int argc, char** argv, int (*work)(int argc, char** argv)) {
  try {
    return work(argc, argv);
  } catch (const std::exception& error) {
    const bool is_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
    const iovec line[] = {piece(program), piece(": "),
                          piece(is_memory ? "out of memory; close other programs" : error.what()), piece("\n")};
    // Where stderr does not take the line, the exit code still tells.
    [[maybe_unused]] const ssize_t ignored = ::writev(STDERR_FILENO, line, 4);
  }
  return 1;
}

}  // namespace mini_bert
