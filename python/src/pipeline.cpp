// JsonPipeline for Python. What users call is in python/package/mini_bert/.
#include "mini_bert/pipelines/json_pipeline.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <utility>

#include "python/src/bindings.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace mini_bert::python {
namespace {

// The array shares the tensor's memory and keeps it alive.
nb::ndarray<nb::numpy, float> array_of(Tensor tensor) {
  auto* const kept = new Tensor(std::move(tensor));
  const nb::capsule owner(kept, [](void* pointer) noexcept { delete static_cast<Tensor*>(pointer); });
  std::vector<std::size_t> shape;
  for (Index i = 0; i < kept->shape().rank(); ++i) shape.push_back(static_cast<std::size_t>(kept->shape()[i]));
  return {kept->data<float>(), shape.size(), shape.data(), owner};
}

// The result as JSON, and its arrays.
nb::tuple call(JsonPipeline& self, const std::string& operation, const std::string& options) {
  JsonPipeline::Result result = unlocked([&] { return self.result(operation, options); });
  nb::list arrays;
  for (Tensor& tensor : result.arrays) arrays.append(array_of(std::move(tensor)));
  return nb::make_tuple(result.json, arrays);
}

}  // namespace

void bind_pipeline(nb::module_& module) {
  nb::class_<JsonPipeline>(module, "Pipeline")
      .def(nb::init<>())
      .def("call", call, "operation"_a, "options"_a)
      .def_prop_ro("tokenizer", &JsonPipeline::tokenizer);
}

}  // namespace mini_bert::python
