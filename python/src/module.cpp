// mini_bert._core: Pipeline and Tokenizer for Python. Only conversions are here. What users call, with its defaults and
// documentation, is in python/mini_bert/*.py. Every call that computes releases the interpreter's lock.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "mini_bert/base/version.h"
#include "mini_bert/pipelines/pipeline.h"
#include "mini_bert/tensor/parallel.h"
#include "python/src/exceptions.h"
#include "python/src/results.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace mini_bert::python {
namespace {

template <class Work>
auto unlocked(const Work& work) {
  const nb::gil_scoped_release released;
  return work();
}

void bind_pipeline(nb::module_& module) {
  nb::class_<Pipeline>(module, "Pipeline")
      .def(nb::init<const std::filesystem::path&>(), "model"_a, nb::call_guard<nb::gil_scoped_release>())
      .def(
          "fill_mask",
          [](Pipeline& self, const std::string& text, Index top_k, const std::vector<std::string>& targets) {
            return to_python(unlocked([&] { return self.fill_mask(text, {.top_k = top_k, .targets = targets}); }));
          },
          "text"_a, "top_k"_a, "targets"_a);
}

}  // namespace
}  // namespace mini_bert::python

NB_MODULE(_core, module) {
  using namespace mini_bert;
  using namespace mini_bert::python;
  nb::set_leak_warnings(false);
  translate_exceptions();
  module.attr("version") = MINI_BERT_VERSION;
  module.def("set_num_threads", &set_num_threads, "threads"_a);
  bind_pipeline(module);
}
