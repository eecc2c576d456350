#include "mini_bert/files/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <utility>

#include "mini_bert/files/file_error.h"
#include "mini_bert/files/posix.h"

namespace mini_bert {
namespace {

constexpr std::string_view cannot_read = "cannot be read";

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, Mapping mapping) {
  // O_NONBLOCK: a named pipe without a writer must not stop us before we see that it is no file.
  const posix::Descriptor file(posix::retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (!file.valid()) fail_with_errno(path, cannot_read, errno);
  struct stat found {};
  if (::fstat(file.number(), &found) != 0) fail_with_errno(path, cannot_read, errno);
  if (S_ISDIR(found.st_mode)) fail_with_errno(path, cannot_read, EISDIR);
  require(S_ISREG(found.st_mode), "{}: cannot be read: it is a device or a pipe; name a file", path.string());
  const auto size = static_cast<std::size_t>(found.st_size);
  if (size == 0) return;  // an empty range cannot be mapped
  const int access = mapping == Mapping::read_only ? PROT_READ : PROT_READ | PROT_WRITE;
  void* address = ::mmap(nullptr, size, access, MAP_PRIVATE, file.number(), 0);
  if (address == MAP_FAILED) fail_with_errno(path, cannot_read, errno);
  bytes_ = {static_cast<const std::byte*>(address), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace mini_bert
