#include "mini_bert/hub/download.h"

#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/posix.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/hub/checksum.h"

namespace mini_bert::hub {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view cannot_write = "cannot be written";

// "<path>.incomplete": the first bytes of the file that `path` will be.
class PartialFile {
 public:
  PartialFile(fs::path path, std::uint64_t full_size)
      : target_(std::move(path)), path_(target_), full_size_(full_size) {
    path_ += ".incomplete";
    file_ = posix::Descriptor(posix::retry(
        [&] { return ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666); }));
    struct stat found {};
    if (!file_.valid() || ::fstat(file_.number(), &found) != 0) fail_with_errno(path_, cannot_write, errno);
    size_ = static_cast<std::uint64_t>(found.st_size);
    if (size_ > full_size_) clear();
  }

  std::uint64_t size() const { return size_; }
  const fs::path& path() const { return path_; }

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = posix::retry([&] { return ::write(file_.number(), bytes.data(), bytes.size()); });
      if (written <= 0) fail_with_errno(path_, cannot_write, written < 0 ? errno : ENOSPC, full_size_);
      size_ += static_cast<std::uint64_t>(written);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void clear() {
    if (posix::retry([&] { return ::ftruncate(file_.number(), 0); }) != 0) fail_with_errno(path_, cannot_write, errno);
    size_ = 0;
  }

  void remove() { ::unlink(path_.c_str()); }

  void put_in_place() {
    if (posix::retry([&] { return ::fsync(file_.number()); }) != 0) fail_with_errno(path_, cannot_write, errno);
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail_with_errno(target_, cannot_write, errno);
    sync_folder(target_.parent_path());
  }

 private:
  fs::path target_, path_;
  std::uint64_t full_size_, size_ = 0;
  posix::Descriptor file_;
};

// Removes the incomplete file, whose bytes are useless because they are not those of the file that was asked for.
[[noreturn]] void fail_with_wrong_bytes(PartialFile& partial, const RemoteFile& file, const std::string& what) {
  partial.remove();
  fail("{}: {}; the partial file has been removed: try again, or choose another server with HF_ENDPOINT", file.url,
       what);
}

// Statuses after which a later request may succeed. RFC 9110 §15.5.9, §15.6; RFC 6585 §4.
bool is_passing(long status) {
  return status == 408 || status == 429 || (status >= 500 && status <= 504);
}

// Makes one request for the bytes that are still missing.
void receive(Http& http, const RemoteFile& file, PartialFile& partial, DownloadObserver& observer) {
  const std::uint64_t from = partial.size();
  bool began = false;
  const auto sink = [&](const HttpAnswer& answer, std::string_view bytes) {
    // 200 means the whole file: this server cannot send a part of it.
    if (!began && answer.status == 200) partial.clear();
    if (!began && answer.status == 206 && !answer.header("content-range").starts_with(fmt::format("bytes {}-", from))) {
      fail_with_wrong_bytes(
          partial, file,
          fmt::format("sends {} of the file, expected bytes {}-", in_quotes(answer.header("content-range")), from));
    }
    began = true;
    if (partial.size() + bytes.size() > file.size) {
      fail_with_wrong_bytes(partial, file, fmt::format("sends more than the {} bytes it has announced", file.size));
    }
    partial.append(bytes);
    observer.on_bytes(file, partial.size());
  };
  const HttpAnswer answer = http.get(file.url, from, sink);
  if (is_passing(answer.status)) throw NetworkError(fmt::format("{}: the server answers {}", file.url, answer.status));
  require(answer.ok() || answer.status == 416, "{}: the server answers {}, expected the file; try again later",
          file.url, answer.status);
  if (partial.size() < file.size) {
    fail_with_wrong_bytes(partial, file, fmt::format("ends after {} bytes, expected {}", partial.size(), file.size));
  }
}

void receive_patiently(Http& http, const RemoteFile& file, PartialFile& partial, const Patience& patience,
                       DownloadObserver& observer) {
  auto wait = patience.first_wait;
  for (int failures = 0; partial.size() < file.size;) {
    const std::uint64_t before = partial.size();
    try {
      receive(http, file, partial, observer);
    } catch (const NetworkError& error) {
      const bool went_on = partial.size() > before;
      failures = went_on ? 1 : failures + 1;
      if (went_on) wait = patience.first_wait;
      if (failures >= patience.attempts) throw;
      observer.on_retry(file, error.what());
      std::this_thread::sleep_for(wait);
      wait *= 2;
    }
  }
}

void check_space(const PartialFile& partial, const RemoteFile& file) {
  std::error_code unknown;
  const fs::space_info space = fs::space(partial.path().parent_path(), unknown);
  const std::uint64_t missing = file.size - partial.size();
  if (!unknown && space.available < missing) fail_with_errno(partial.path(), cannot_write, ENOSPC, missing);
}

}  // namespace

void download_file(Http& http, const RemoteFile& file, const fs::path& path, const Patience& patience,
                   DownloadObserver& observer) {
  PartialFile partial(path, file.size);
  check_space(partial, file);
  receive_patiently(http, file, partial, patience, observer);
  const std::string found = content_name(partial.path(), file.content_name);
  if (found != file.content_name) {
    fail_with_wrong_bytes(partial, file, fmt::format("its checksum is {}, expected {}", found, file.content_name));
  }
  partial.put_in_place();
  observer.on_done(file);
}

}  // namespace mini_bert::hub
