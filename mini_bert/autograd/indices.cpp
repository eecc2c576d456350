#include "mini_bert/autograd/indices.h"

namespace mini_bert {

void check_indices(std::string_view op, std::string_view argument, const Tensor& indices, Index count) {
  require(indices.dtype() == DType::i32, "{}: {} must be i32, got {}", op, argument, name_of(indices.dtype()));
  const auto values = indices.values<std::int32_t>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    require(0 <= values[i] && values[i] < count, "{}: {}[{}] must be in 0..{}, got {}", op, argument, i, count - 1,
            values[i]);
  }
}

}  // namespace mini_bert
