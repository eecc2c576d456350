#include "mini_bert/base/error.h"

namespace mini_bert {

void throw_error(fmt::string_view format, fmt::format_args args) {
  throw Error(fmt::vformat(format, args));
}

}  // namespace mini_bert
