#include "mini_bert/bert/predict/embed.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/autograd/ops/gather_rows.h"
#include "mini_bert/autograd/ops/segment_mean.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/finite_answer.h"

namespace mini_bert {
namespace {

// How many tokens of an encoded text belong to the prompt: [CLS] does, [SEP] does not.
Index prompt_tokens(const EmbedOptions& options, const Tokenizer& tokenizer, Index max_length) {
  if (options.prompt.empty() || options.pools_prompt) return 0;
  const Encoding encoding = tokenizer.encode(options.prompt, cut_to(max_length));
  const bool ends_special = encoding.size() > 0 && tokenizer.is_special(encoding.ids.back());
  return encoding.size() - (ends_special ? 1 : 0);
}

// The mean, or the first, of the vectors behind the prompt. A text that is cut within its prompt has none: the mean is
// then 0, and the first vector that of [CLS], as in sentence-transformers.
Var pool_behind_prompt(const Var& hidden, const SequenceOffsets& offsets, TextPooling pooling, Index prompt) {
  const Index width = hidden.value().shape()[1];
  Tensor pooled = Tensor::zeros({offsets.count(), width});
  for (Index b = 0; b < offsets.count(); ++b) {
    const bool is_cut = offsets.end(b) - offsets.begin(b) <= prompt;
    const Index begin = offsets.begin(b) + (is_cut ? 0 : prompt);
    const Index end = pooling == TextPooling::cls ? begin + 1 : offsets.end(b);
    if (is_cut && pooling == TextPooling::mean) continue;
    float* const to = pooled.data<float>() + b * width;
    for (Index row = begin; row < end; ++row) {
      const float* const from = hidden.value().data<float>() + row * width;
      for (Index j = 0; j < width; ++j) to[j] += from[j];
    }
    for (Index j = 0; j < width; ++j) to[j] /= static_cast<float>(end - begin);
  }
  return Var(pooled);
}

Var pool(const BertModel& bert, const Var& hidden, const SequenceOffsets& offsets, TextPooling pooling, Index prompt) {
  if (prompt > 0 && pooling != TextPooling::pooler) return pool_behind_prompt(hidden, offsets, pooling, prompt);
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
  const Index max_length =
      options.max_length == 0 ? longest_sequence(model.config(), tokenizer) : std::min(options.max_length, positions);
  for (const std::string& text : texts) add_text(options.prompt + text, {}, tokenizer, max_length, data);
  const Index prompt = prompt_tokens(options, tokenizer, max_length);
  const NoGrad no_grad;
  std::vector<std::vector<float>> vectors(texts.size());
  for (const std::vector<Index>& members : batches_by_length(data.sequences)) {
    Mode mode = model.answer_mode();
    const PackedSequences tokens = pack_members(data.sequences, members);
    const Var hidden = model.bert().forward(tokens, mode);
    const Tensor pooled =
        finite_answer(pool(model.bert(), hidden, tokens.offsets, options.pooling, prompt).value(), model);
    for (std::size_t m = 0; m < members.size(); ++m) {
      const Tensor row = pooled.rows(static_cast<Index>(m), static_cast<Index>(m) + 1);
      auto& vector = vectors[static_cast<std::size_t>(members[m])];
      vector.assign(row.values<float>().begin(), row.values<float>().end());
      if (options.normalize) scale_to_length_1(vector);
      if (options.dimensions > 0 && options.dimensions < row.size()) {
        vector.resize(static_cast<std::size_t>(options.dimensions));
      }
      if (options.normalize_again) scale_to_length_1(vector);
    }
  }
  return vectors;
}

}  // namespace mini_bert
