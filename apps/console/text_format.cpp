#include "apps/console/text_format.h"

#include <fmt/core.h>
#include <utf8proc.h>

#include <algorithm>
#include <cmath>

namespace mini_bert {

std::string counted(std::int64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", format_count(count), thing, count == 1 ? "" : "s");
}

std::string format_duration(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string format_percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  auto rest = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto bytes = static_cast<utf8proc_ssize_t>(text.size());
  while (bytes > 0) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t used = std::max<utf8proc_ssize_t>(utf8proc_iterate(rest, bytes, &code_point), 1);
    if (code_point >= 0) width += static_cast<std::size_t>(utf8proc_charwidth(code_point));
    rest += used;
    bytes -= used;
  }
  return width;
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

}  // namespace mini_bert
