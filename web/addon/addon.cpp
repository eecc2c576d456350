// The engine as an addon of Node (Node-API, version 8): a JsonPipeline, and the numbers of its tensors. An addon
// computes with the instructions of the CPU, which WebAssembly may not use. JavaScript passes what the functions below
// expect.
#include <node_api.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "mini_bert/pipelines/json_pipeline.h"
#include "mini_bert/tensor/parallel.h"

namespace {

using mini_bert::JsonPipeline;

template <std::size_t count>
struct Arguments {
  Arguments(napi_env env, napi_callback_info info) : env(env) {
    std::size_t found = count;
    napi_get_cb_info(env, info, &found, values, nullptr, nullptr);
  }
  JsonPipeline& pipeline(std::size_t i) const {
    void* pointer = nullptr;
    napi_get_value_external(env, values[i], &pointer);
    return *static_cast<JsonPipeline*>(pointer);
  }
  std::string text(std::size_t i) const {
    std::size_t size = 0;
    napi_get_value_string_utf8(env, values[i], nullptr, 0, &size);
    std::string result(size, '\0');
    napi_get_value_string_utf8(env, values[i], result.data(), size + 1, &size);
    return result;
  }
  int number(std::size_t i) const {
    int result = 0;
    napi_get_value_int32(env, values[i], &result);
    return result;
  }

  napi_env env;
  napi_value values[count] = {};
};

napi_value make(napi_env env, napi_callback_info) {
  napi_value external = nullptr;
  napi_create_external(
      env, new JsonPipeline, [](napi_env, void* pointer, void*) { delete static_cast<JsonPipeline*>(pointer); },
      nullptr, &external);
  return external;
}

// (pipeline, operation, options) → JSON
napi_value call(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  std::string answer;
  try {
    answer = arguments.pipeline(0).call(arguments.text(1), arguments.text(2));
  } catch (const std::bad_alloc&) {
    answer = R"({"error": "out of memory"})";
  }
  napi_value result = nullptr;
  napi_create_string_utf8(env, answer.data(), answer.size(), &result);
  return result;
}

// (pipeline, i) → Float32Array, a copy
napi_value array(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const mini_bert::Tensor& tensor = arguments.pipeline(0).arrays().at(static_cast<std::size_t>(arguments.number(1)));
  const auto size = static_cast<std::size_t>(tensor.size());
  void* bytes = nullptr;
  napi_value buffer = nullptr, result = nullptr;
  napi_create_arraybuffer(env, size * sizeof(float), &bytes, &buffer);
  std::copy_n(tensor.data<float>(), size, static_cast<float*>(bytes));
  napi_create_typedarray(env, napi_float32_array, size, buffer, 0, &result);
  return result;
}

napi_value set_threads(napi_env env, napi_callback_info info) {
  mini_bert::set_num_threads(Arguments<1>(env, info).number(0));
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"make", nullptr, make, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"call", nullptr, call, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"array", nullptr, array, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"setThreads", nullptr, set_threads, nullptr, nullptr, nullptr, napi_default, nullptr}};
  napi_define_properties(env, exports, std::size(functions), functions);
  return exports;
}
