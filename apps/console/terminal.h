#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace mini_bert {

// The columns of the terminal that stdout or stderr is: the environment variable COLUMNS, otherwise what the terminal
// says, otherwise 80. Nothing when `descriptor` is no terminal.
std::optional<std::size_t> terminal_width(int descriptor);

// The text, cut to so many columns. A text that is cut ends in "…".
std::string fitted(std::string_view text, std::size_t width);

// Breaks a text at spaces into lines of at most `width` columns. Between Chinese characters it breaks anywhere.
std::string wrapped(std::string_view text, std::size_t width);

// The same for a text that begins behind `indent` columns: further lines begin there as well, and end before `width`.
std::string hanging(std::string_view text, std::size_t indent, std::size_t width);

// Rows of a table, in which a row wider than `width` goes on below its last column. At least two spaces separate
// columns.
std::string folded(std::string_view rows, std::size_t width);

// Print on stderr, and on stdout. They never throw: a full disk, or a reader that went away, must not end a run.
void print_error_text(std::string_view text);
void print_text(std::string_view text);
template <class... Values>
void print_out(fmt::format_string<Values...> format, Values&&... values) {
  print_text(fmt::format(format, std::forward<Values>(values)...));
}
void flush_output();

// The errno of the first write to stdout that failed; 0: all of them succeeded. EPIPE: nobody reads any more.
int output_error();
// "standard output cannot be written: No space left on device"
std::string output_problem();

// Print on stderr one line for a person, and on stdout rows of a table. On a terminal they are wrapped and folded.
// Control characters of the line are escaped: it may quote a file.
void print_message(std::string_view message);
void print_rows(std::string_view rows);

// An argument as a shell reads it: in single quotes, unless it needs none.
std::string shell_quoted(const std::string& argument);

// How to start another program of this project: the path by which this one was started, with the other's name. Call
// remember_program() with argv[0] first.
void remember_program(const std::string& argv0);
std::string command_of(const std::string& program);

}  // namespace mini_bert
