#include "python/src/results.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;

namespace mini_bert::python {

nb::dict to_python(const FillMaskAnswer& answer) {
  nb::dict dict;
  dict["score"] = answer.score;
  dict["token"] = answer.token;
  dict["token_str"] = answer.token_str;
  dict["sequence"] = answer.sequence;
  return dict;
}

}  // namespace mini_bert::python
