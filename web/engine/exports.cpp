// What JavaScript calls: a JsonPipeline, and the numbers of its tensors.
#include <new>
#include <string>

#include "mini_bert/pipelines/json_pipeline.h"
#include "mini_bert/tensor/parallel.h"

namespace {

const mini_bert::Tensor& array_at(const mini_bert::JsonPipeline& pipeline, int i) {
  return pipeline.arrays().at(static_cast<std::size_t>(i));
}

}  // namespace

extern "C" {

mini_bert::JsonPipeline* mini_bert_new() {
  return new mini_bert::JsonPipeline;
}
void mini_bert_delete(mini_bert::JsonPipeline* pipeline) {
  delete pipeline;
}

// JsonPipeline::call(). The text lives until the next call.
const char* mini_bert_call(mini_bert::JsonPipeline* pipeline, const char* operation, const char* options) {
  static std::string text;
  try {
    text = pipeline->call(operation, options);
  } catch (const std::bad_alloc&) {
    text = R"({"error": "out of memory: a program of WebAssembly has at most 4 GB, and the browser may give it less"})";
  }
  return text.c_str();
}

// The numbers of a tensor of the last result, and how many there are.
const float* mini_bert_array(const mini_bert::JsonPipeline* pipeline, int i) {
  return array_at(*pipeline, i).data<float>();
}
int mini_bert_array_size(const mini_bert::JsonPipeline* pipeline, int i) {
  return static_cast<int>(array_at(*pipeline, i).size());
}

void mini_bert_set_threads(int count) {
  mini_bert::set_num_threads(count);
}
}
