#include "mini_bert/base/file_error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "mini_bert/base/utf8.h"

namespace mini_bert {

namespace {

std::string words_for_errno(const std::filesystem::path& path, std::string_view what, int code, std::uint64_t bytes) {
  const std::string planned = bytes == 0 ? std::string() : fmt::format(" ({} were to be written)", format_bytes(bytes));
  switch (code) {
    case ENOSPC:
      return fmt::format("{}: {}: disk full{}; free some space or choose another folder", path.string(), what, planned);
    case EDQUOT:
      return fmt::format("{}: {}: your disk quota is used up{}; free some space or choose another folder",
                         path.string(), what, planned);
    case EFBIG:
      return fmt::format("{}: {}: the file is too large for this file system{}; choose another folder", path.string(),
                         what, planned);
    case ENOENT:
      return fmt::format("{}: {}: there is no such file or folder; check the path", path.string(), what);
    case ENOTDIR:
      return fmt::format("{}: {}: a part of the path is a file, not a folder; check the path", path.string(), what);
    case EISDIR:
      return fmt::format("{}: {}: it is a folder; name a file", path.string(), what);
    case EACCES:
    case EPERM:
      return fmt::format("{}: {}: permission denied; change the permissions or choose another path", path.string(),
                         what);
    case EROFS:
      return fmt::format("{}: {}: the disk is read-only; choose another folder", path.string(), what);
    case ENAMETOOLONG:
      return fmt::format("{}: {}: the name is too long; choose a shorter one", path.string(), what);
    case ELOOP:
      return fmt::format("{}: {}: symbolic links lead in a circle or are not allowed here", path.string(), what);
    case EMFILE:
    case ENFILE:
      return fmt::format("{}: {}: too many files are open; close some or raise 'ulimit -n'", path.string(), what);
    case ENOMEM:
      return fmt::format("{}: {}: out of memory; close other programs", path.string(), what);
    case EIO:
      return fmt::format("{}: {}: the disk reported an error; check the disk", path.string(), what);
    default:
      return fmt::format("{}: {}: {}", path.string(), what, std::strerror(code));
  }
}

}  // namespace

void fail_with_errno(const std::filesystem::path& path, std::string_view what, int code, std::uint64_t bytes) {
  throw SystemError(words_for_errno(path, what, code, bytes), code);
}

void refuse_lfs_pointer(const std::filesystem::path& path, std::string_view beginning) {
  require(
      !beginning.starts_with("version https://git-lfs.github.com/spec/"),
      "{}: is a pointer of Git LFS, not the file itself; get it with 'git lfs pull' in the folder it was cloned to, or "
      "with 'hf download'",
      path.string());
}

std::string format_bytes(std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  if (value < 1e6) return fmt::format("{:.1f} kB", value / 1e3);
  if (value < 1e9) return fmt::format("{:.1f} MB", value / 1e6);
  return fmt::format("{:.1f} GB", value / 1e9);
}

std::string printable(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::size_t length = std::min(text.size(), longest);
  // Not in the middle of a UTF-8 character.
  while (length < text.size() && length > 0 && is_continuation(text[length])) --length;
  return one_line(text.substr(0, length)) + (length < text.size() ? "…" : "");
}

std::string in_quotes(std::string_view text) {
  return '"' + printable(text) + '"';
}

}  // namespace mini_bert
