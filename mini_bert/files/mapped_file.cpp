#include "mini_bert/files/mapped_file.h"

#include <cerrno>
#include <new>
#include <utility>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/posix.h"

#ifdef MINI_BERT_MMAP
#include <sys/mman.h>
#endif

namespace mini_bert {
namespace {

constexpr std::string_view cannot_read = "cannot be read";

#ifdef MINI_BERT_MMAP

std::span<const std::byte> bring_in(const std::filesystem::path& path, int file, std::size_t size, Mapping mapping) {
  const int access = mapping == Mapping::read_only ? PROT_READ : PROT_READ | PROT_WRITE;
  void* address = ::mmap(nullptr, size, access, MAP_PRIVATE, file, 0);
  if (address == MAP_FAILED) fail_with_errno(path, cannot_read, errno);
  return {static_cast<const std::byte*>(address), size};
}

void give_back(std::span<const std::byte> bytes) {
  ::munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
}

#else

// mmap aligns to a page. Tensors are used in place, and a cache line is what their kernels count on.
constexpr std::align_val_t alignment{64};

void give_back(std::span<const std::byte> bytes) {
  ::operator delete(const_cast<std::byte*>(bytes.data()), alignment);
}

std::span<const std::byte> bring_in(const std::filesystem::path& path, int file, std::size_t size, Mapping) {
  auto* const bytes = static_cast<std::byte*>(::operator new(size, alignment));
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = posix::retry([&] { return ::read(file, bytes + done, size - done); });
    if (count > 0) {
      done += static_cast<std::size_t>(count);
      continue;
    }
    const int code = errno;
    give_back({bytes, size});
    if (count < 0) fail_with_errno(path, cannot_read, code);
    fail("{}: cannot be read: it ends at byte {} of {}; is another program writing it?", path.string(), done, size);
  }
  return {bytes, size};
}

#endif

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, Mapping mapping) {
  const posix::OpenFile file = posix::open_to_read(path);
  if (file.size == 0) return;  // an empty range cannot be mapped
  bytes_ = bring_in(path, file.descriptor.number(), file.size, mapping);
  try {
    refuse_lfs_pointer(path, text().substr(0, 64));
  } catch (...) {
    give_back(bytes_);
    throw;
  }
}

void MappedFile::forget([[maybe_unused]] std::size_t begin, [[maybe_unused]] std::size_t count) const {
#ifdef MINI_BERT_MMAP
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t first = (begin + page - 1) / page * page, end = (begin + count) / page * page;
  if (first < end) ::madvise(const_cast<std::byte*>(bytes_.data()) + first, end - first, MADV_DONTNEED);
#endif
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) give_back(bytes_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace mini_bert
