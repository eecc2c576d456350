#include "apps/report/html.h"

#include <fmt/core.h>

#include <cmath>

namespace mini_bert {
namespace {

std::string not_finite(double value) {
  return std::isnan(value) ? "–" : value > 0 ? "∞" : "−∞";
}

// Trailing zeros are useful only in columns of numbers.
std::string without_trailing_zeros(std::string number) {
  if (number.find('.') == std::string::npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      case '\t':
      case '\n':
      case '\r':
        escaped += ' ';
        break;
      default:
        // HTML does not allow control characters. The replacement character shows where one was.
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          escaped += "\uFFFD";
        } else {
          escaped += c;
        }
    }
  }
  return escaped;
}

std::string count_text(Index n) {
  std::string text = fmt::format("{}", n);
  const std::size_t first = n < 0 ? 1 : 0;
  for (std::size_t place = text.size(); place > first + 3;) text.insert(place -= 3, 1, ',');
  return text;
}

std::string loss_text(double loss) {
  if (!std::isfinite(loss)) return not_finite(loss);
  const double size = std::abs(loss);
  if (size >= 1e5 || (size > 0 && size < 5e-4)) return fmt::format("{:.1e}", loss);
  return fmt::format("{:.3f}", loss);
}

std::string perplexity_text(double value) {
  if (!std::isfinite(value)) return not_finite(value);
  if (value < 99.995) return fmt::format("{:.2f}", value);
  if (value < 999.95) return fmt::format("{:.1f}", value);
  if (value < 1e7) return count_text(static_cast<Index>(std::llround(value)));
  return fmt::format("{:.1e}", value);
}

std::string epoch_text(double epochs) {
  if (!std::isfinite(epochs)) return not_finite(epochs);
  if (std::abs(epochs) >= 1e6) return fmt::format("{:.1e}", epochs);
  if (std::abs(epochs) >= 1000) return count_text(std::llround(epochs));
  if (std::abs(epochs) < 0.1) return fmt::format("{:.2g}", epochs);
  return without_trailing_zeros(fmt::format("{:.2f}", epochs));
}

std::string rate_text(double rate) {
  if (!std::isfinite(rate)) return not_finite(rate);
  return rate == 0 ? "0" : fmt::format("{:.1e}", rate);
}

std::string percent_text(double share) {
  if (!std::isfinite(share)) return not_finite(share);
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  return fmt::format("{:.1f} %", 100 * share);
}

}  // namespace mini_bert
