#pragma once

#include <string>
#include <utility>

#include "mini_bert/base/error.h"

namespace mini_bert {

// A wrong argument of a caller: argument() is its name, "freeze_layers", and problem() the rest of the sentence, "is
// 13; the model has 12 layers". what() is both, with the name between backticks. Messages of the library write the name
// of every argument that way, so that a program can put its own word for it, such as a flag, in its place.
class ArgumentError : public Error {
 public:
  ArgumentError(std::string argument, std::string problem)
      : Error("`" + argument + "` " + problem), argument_(std::move(argument)), problem_(std::move(problem)) {}

  const std::string& argument() const { return argument_; }
  const std::string& problem() const { return problem_; }

 private:
  std::string argument_, problem_;
};

// Throws ArgumentError unless `condition` holds.
//   require_argument(n <= layers, "freeze_layers", "is {}; the model has {} layers", n, layers);
template <class... Args>
void require_argument(bool condition, const char* argument, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) throw ArgumentError(argument, fmt::vformat(format, fmt::make_format_args(args...)));
}

}  // namespace mini_bert
