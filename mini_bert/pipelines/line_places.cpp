#include "mini_bert/pipelines/line_places.h"

#include <algorithm>
#include <span>

#include <fmt/core.h>

#include "mini_bert/base/posix.h"

namespace mini_bert {
namespace {

// LF, CRLF and lone CR end a line, as for the readers of data files. The last line may lack its end. Reads without the
// streams of the C++ library, which would make the page 30 kB larger.
std::size_t count_lines(const std::string& path) {
  const posix::Descriptor file(posix::retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  std::vector<char> buffer(1 << 16);
  std::size_t lines = 0;
  char last = '\n';
  for (;;) {
    const ssize_t count = posix::retry([&] { return ::read(file.number(), buffer.data(), buffer.size()); });
    if (count <= 0) break;  // also where the file cannot be read: whoever reads its data says so
    for (const char c : std::span(buffer).first(static_cast<std::size_t>(count))) {
      lines += c == '\n' || last == '\r';
      last = c;
    }
  }
  return lines + (last != '\n');
}

}  // namespace

LinePlaces::LinePlaces(const std::vector<std::string>& files) : files_(files), before_(1) {
  for (std::size_t i = 0; i + 1 < files.size(); ++i) {
    before_.push_back(before_.back() + count_lines(files[i]));
  }
}

LinePlaces::Place LinePlaces::find(std::size_t line) const {
  if (files_.size() < 2 || line == 0) return {"", line};  // 0: nowhere
  const auto file = static_cast<std::size_t>(std::ranges::lower_bound(before_, line) - before_.begin()) - 1;
  return {files_[file], line - before_[file]};
}

std::string LinePlaces::place(const std::string& entry, std::size_t line) const {
  const Place place = find(line);
  return fmt::format("{} {}{}{}", entry, place.line, place.file.empty() ? "" : " of ", place.file);
}

}  // namespace mini_bert
