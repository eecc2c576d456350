#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mini_bert {

// Reads lines from a file descriptor as they arrive, so that a program that waits for an answer gets it. Lines end with
// LF or CRLF. A byte order mark at the beginning is dropped.
class LineReader {
 public:
  // `name` appears in messages.
  explicit LineReader(int descriptor, std::string name = "standard input")
      : descriptor_(descriptor), name_(std::move(name)) {}

  // Waits for at least one complete line and returns all that have arrived. At the end of the input, the rest counts as
  // a line; after it, returns nothing. Error when the input cannot be read.
  std::vector<std::string> read();

 private:
  std::vector<std::string> take_lines();

  int descriptor_;
  std::string name_;
  std::string pending_;       // bytes that have arrived and are not returned yet
  std::size_t searched_ = 0;  // there is no line end before this byte of pending_
  bool at_beginning_ = true;
};

}  // namespace mini_bert
