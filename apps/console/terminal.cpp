#include "apps/console/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include <fmt/core.h>

#include "apps/console/text_format.h"
#include "mini_bert/base/error.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {
namespace {

constexpr std::size_t usual_width = 80, least_width = 40, least_column = 8;

std::string& started_as() {
  static std::string path;
  return path;
}

int& first_output_error() {
  static int error = 0;
  return error;
}

void note_output(bool succeeded) {
  if (!succeeded && first_output_error() == 0) first_output_error() = errno != 0 ? errno : EIO;
}

// The next piece that must not be broken: letters up to a space, or one wide character.
std::string_view next_piece(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ' ' && text[end] != '\n') {
    const CodePoint code_point = read_code_point(text, end);
    const std::size_t length = std::max<std::size_t>(code_point.length, 1);
    const bool is_wide = display_width(text.substr(end, length)) > 1;
    if (is_wide && end > 0) break;
    end += length;
    if (is_wide) break;
  }
  return text.substr(0, end);
}

// The bytes of a row in front of its last column that has room.
std::size_t last_column(std::string_view row, std::size_t width) {
  std::size_t begin = 0;
  for (std::size_t gap = 0; (gap = row.find("  ", gap)) != row.npos;) {
    gap = std::min(row.find_first_not_of(' ', gap), row.size());
    if (gap == row.size() || display_width(row.substr(0, gap)) + least_column > width) break;
    begin = gap;
  }
  return begin;
}

}  // namespace

std::optional<std::size_t> terminal_width(int descriptor) {
  if (isatty(descriptor) != 1) return std::nullopt;
  std::size_t width = 0;
  if (const char* const columns = std::getenv("COLUMNS"); columns != nullptr) {
    std::from_chars(columns, columns + std::strlen(columns), width);
  }
  winsize size{};
  if (width == 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  return width == 0 ? usual_width : std::max(width, least_width);
}

std::string fitted(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::size_t end = 0, used = 1;  // the ellipsis
  while (end < text.size()) {
    const std::size_t length = std::max<std::size_t>(read_code_point(text, end).length, 1);
    used += display_width(text.substr(end, length));
    if (used > width) break;
    end += length;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string wrapped(std::string_view text, std::size_t width) {
  std::string lines;
  std::size_t used = 0;
  bool space_before = false;
  while (!text.empty()) {
    if (text.front() == ' ' || text.front() == '\n') {
      space_before = used > 0;
      text.remove_prefix(1);
      continue;
    }
    const std::string_view piece = next_piece(text);
    const std::size_t columns = display_width(piece);
    if (used > 0 && used + space_before + columns > width) {
      lines += '\n';
      used = 0;
      space_before = false;
    }
    if (space_before) lines += ' ';
    lines += piece;
    used += columns + space_before;
    space_before = false;
    text.remove_prefix(piece.size());
  }
  return lines;
}

std::string folded(std::string_view rows, std::size_t width) {
  std::string lines;
  while (!rows.empty()) {
    const std::size_t end = std::min(rows.find('\n'), rows.size());
    const std::string_view row = rows.substr(0, end);
    const std::size_t begin = display_width(row) > width ? last_column(row, width) : row.size();
    lines += row.substr(0, begin);
    if (begin < row.size()) lines += hanging(row.substr(begin), display_width(row.substr(0, begin)), width);
    if (end < rows.size()) lines += '\n';
    rows.remove_prefix(std::min(end + 1, rows.size()));
  }
  return lines;
}

void print_error_text(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void print_text(std::string_view text) {
  errno = 0;
  note_output(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

void flush_output() {
  errno = 0;
  note_output(std::fflush(stdout) == 0);
}

int output_error() {
  return first_output_error();
}

std::string output_problem() {
  const std::string problem = "standard output cannot be written";
  return output_error() == 0 ? problem : problem + ": " + std::generic_category().message(output_error());
}

void print_message(std::string_view message) {
  const std::string text = one_line(message);
  const std::optional<std::size_t> width = terminal_width(STDERR_FILENO);
  print_error_text((width && display_width(text) > *width ? wrapped(text, *width) : text) + '\n');
}

void print_rows(std::string_view rows) {
  static const std::optional<std::size_t> width = terminal_width(STDOUT_FILENO);
  print_text(width ? folded(rows, *width) : std::string(rows));
}

std::string hanging(std::string_view text, std::size_t indent, std::size_t width) {
  std::string lines = wrapped(text, width - indent);
  const std::string indented = '\n' + std::string(indent, ' ');
  for (std::size_t at = 0; (at = lines.find('\n', at)) != lines.npos; at += indented.size()) {
    lines.replace(at, 1, indented);
  }
  return lines;
}

std::string shell_quoted(const std::string& argument) {
  const auto is_plain = [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c < 0 ||
           std::strchr("_-./:=,+@%", c) != nullptr;
  };
  if (!argument.empty() && std::ranges::all_of(argument, is_plain)) return argument;
  std::string quoted = "'";
  for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

void remember_program(const std::string& argv0) {
  started_as() = argv0;
}

std::string command_of(const std::string& program) {
  const std::size_t slash = started_as().rfind('/');
  return shell_quoted(slash == std::string::npos ? program : started_as().substr(0, slash + 1) + program);
}

}  // namespace mini_bert
