// What JavaScript calls: one function for all operations, and the numbers of its tensors.
#include <exception>
#include <string>

#include "mini_bert/tensor/parallel.h"
#include "web/engine/playground.h"

using nlohmann::json;

namespace {

mini_bert::Playground& playground() {
  static mini_bert::Playground instance;
  return instance;
}

std::string answer(const char* operation, const char* options) {
  try {
    return json({{"result", playground().call(operation, json::parse(options))}}).dump();
  } catch (const std::bad_alloc&) {
    return json({{"error", "the browser gives this page no more memory"}}).dump();
  } catch (const std::exception& error) {
    return json({{"error", error.what()}}).dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

}  // namespace

extern "C" {

// The result of an operation: {"result": …} or {"error": "…"}. The text lives until the next call.
const char* mini_bert_call(const char* operation, const char* options) {
  static std::string text;
  text = answer(operation, options);
  return text.c_str();
}

// The numbers of a tensor of the last result, and how many there are.
const float* mini_bert_array(int i) {
  return playground().arrays().at(static_cast<std::size_t>(i)).data<float>();
}
int mini_bert_array_size(int i) {
  return static_cast<int>(playground().arrays().at(static_cast<std::size_t>(i)).size());
}

void mini_bert_set_threads(int count) {
  mini_bert::set_num_threads(count);
}
}
