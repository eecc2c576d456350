#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <utility>

// What every use of the system's files here needs.
namespace mini_bert::posix {

// Repeats a call that a signal interrupted.
template <class Call>
auto retry(const Call& call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result == -1 && errno == EINTR);
  return result;
}

// Closes a file descriptor at the end of a scope. errno survives, so that an error can still be reported afterwards.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }

  bool valid() const { return number_ >= 0; }
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  void reset() {
    const int saved = errno;
    if (valid()) ::close(std::exchange(number_, -1));
    errno = saved;
  }

 private:
  int number_;
};

// Whether a path names the file that is open. Links are not followed.
bool is_at(const std::filesystem::path& path, const Descriptor& file);

struct OpenFile {
  Descriptor descriptor;
  std::size_t size;  // in bytes
};

// Opens a file for reading. Error, with the path and the reason, when that fails or when the path names a folder, a
// device or a pipe.
OpenFile open_to_read(const std::filesystem::path& path);

// The same for what is read from its beginning to its end: it may come through a pipe, as <(command) in a shell. Waits
// for the program that writes into the pipe.
Descriptor open_stream(const std::filesystem::path& path);

}  // namespace mini_bert::posix
