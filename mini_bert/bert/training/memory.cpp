#include "mini_bert/bert/training/memory.h"

namespace mini_bert {

std::size_t expected_training_bytes(const BertConfig& config, Index parameters, Index tokens, Index masked,
                                    const Frozen& frozen, Kept kept) {
  const Index H = config.hidden_size, F = config.intermediate_size, N = config.num_attention_heads;
  const Index L = config.num_hidden_layers - frozen.layers, V = config.vocab_size;
  const Index layer = 8 * H + F + N;
  const Index kept_of_layers = kept == Kept::activations ? L * layer : L * H + layer;
  const Index per_token = kept_of_layers + 6 * H + 2 * F + 4 * H;
  const Index floats = 4 * parameters - 3 * frozen.parameters + tokens * per_token + masked * (4 * H + V);
  return static_cast<std::size_t>(floats) * sizeof(float);
}

}  // namespace mini_bert
