#include "mini_bert/bert/training/flops.h"

namespace mini_bert {

double forward_flops(const BertConfig& config, std::span<const Index> lengths, Index masked) {
  const auto H = static_cast<double>(config.hidden_size), F = static_cast<double>(config.intermediate_size);
  const auto L = static_cast<double>(config.num_hidden_layers), V = static_cast<double>(config.vocab_size);
  double tokens = 0, pairs = 0;
  for (const Index length : lengths) {
    const auto S = static_cast<double>(length);
    tokens += S;
    pairs += S * S;
  }
  const double layer = tokens * (8 * H * H + 4 * H * F) + pairs * 4 * H;
  return L * layer + static_cast<double>(masked) * (2 * H * H + 2 * H * V);
}

double training_flops(const BertConfig& config, std::span<const Index> lengths, Index masked) {
  return 3 * forward_flops(config, lengths, masked);
}

}  // namespace mini_bert
