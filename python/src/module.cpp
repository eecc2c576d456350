// mini_bert._core: JsonPipeline and Tokenizer for Python. What users call, with its defaults and documentation, is in
// python/package/mini_bert/. Every call that computes releases the interpreter's lock.
#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>

#include "mini_bert/base/version.h"
#include "mini_bert/tensor/parallel.h"
#include "python/src/bindings.h"

namespace nb = nanobind;
using namespace nb::literals;

NB_MODULE(_core, module) {
  using namespace mini_bert;
  nb::set_leak_warnings(false);
  module.attr("version") = MINI_BERT_VERSION;
  module.def("set_num_threads", &set_num_threads, "threads"_a);
  python::translate_exceptions();
  python::bind_tokenizer(module);
  python::bind_pipeline(module);
}
