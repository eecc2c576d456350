#include "apps/predict/line_reader.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/posix.h"

namespace mini_bert {

std::vector<std::string> LineReader::read() {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  for (;;) {
    char buffer[1 << 16];
    const ssize_t count = posix::retry([&] { return ::read(descriptor_, buffer, sizeof buffer); });
    if (count < 0) fail_with_errno(name_, "cannot be read", errno);
    pending_.append(buffer, static_cast<std::size_t>(count));
    const bool is_end = count == 0;
    if (is_end && !pending_.empty()) pending_ += '\n';
    if (at_beginning_ && (is_end || pending_.size() >= byte_order_mark.size())) {
      if (pending_.starts_with(byte_order_mark)) pending_.erase(0, byte_order_mark.size());
      at_beginning_ = false;
    }
    std::vector<std::string> lines = take_lines();
    if (is_end || !lines.empty()) return lines;
  }
}

std::vector<std::string> LineReader::take_lines() {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end; (end = pending_.find('\n', std::max(begin, searched_))) != std::string::npos; begin = end + 1) {
    const bool carriage_return = end > begin && pending_[end - 1] == '\r';
    lines.push_back(pending_.substr(begin, end - begin - (carriage_return ? 1 : 0)));
  }
  pending_.erase(0, begin);
  searched_ = pending_.size();
  return lines;
}

}  // namespace mini_bert
