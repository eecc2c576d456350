#include "mini_bert/bert/predict/embed.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/autograd/ops/gather_rows.h"
#include "mini_bert/autograd/ops/segment_mean.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/data/dataset.h"

namespace mini_bert {
namespace {

Var pool(const BertModel& bert, const Var& hidden, const SequenceOffsets& offsets, TextPooling pooling) {
  switch (pooling) {
    case TextPooling::mean:
      return segment_mean(hidden, offsets);
    case TextPooling::cls:
      return gather_rows(hidden, first_rows(offsets));
    case TextPooling::pooler:
      return bert.pool(hidden, offsets);
  }
  fail("embed: unknown pooling");
}

void scale_to_length_1(std::vector<float>& vector) {
  double squares = 0;
  for (const float x : vector) squares += static_cast<double>(x) * x;
  if (squares == 0) return;
  for (float& x : vector) x = static_cast<float>(x / std::sqrt(squares));
}

}  // namespace

std::vector<std::vector<float>> embed(const BertPreTrainedModel& model, const Tokenizer& tokenizer,
                                      std::span<const std::string> texts, const EmbedOptions& options) {
  Dataset data;
  const Index positions = model.config().max_position_embeddings;
  const Index max_length = options.max_length == 0 ? positions : std::min(options.max_length, positions);
  for (const std::string& text : texts) add_text(text, {}, tokenizer, max_length, data);
  const NoGrad no_grad;
  std::vector<std::vector<float>> vectors(texts.size());
  for (const std::vector<Index>& members : batches_by_length(data.sequences)) {
    Mode mode = Mode::inference();
    const PackedSequences tokens = pack_members(data.sequences, members);
    const Var pooled = pool(model.bert(), model.bert().forward(tokens, mode), tokens.offsets, options.pooling);
    for (std::size_t m = 0; m < members.size(); ++m) {
      const Tensor row = pooled.value().rows(static_cast<Index>(m), static_cast<Index>(m) + 1);
      auto& vector = vectors[static_cast<std::size_t>(members[m])];
      vector.assign(row.values<float>().begin(), row.values<float>().end());
      if (options.normalize) scale_to_length_1(vector);
    }
  }
  return vectors;
}

}  // namespace mini_bert
