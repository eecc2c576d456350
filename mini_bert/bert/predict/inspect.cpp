#include "mini_bert/bert/predict/inspect.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/autograd/ops/embedding.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/tensor/kernels/sum_of_squares.h"

namespace mini_bert {
namespace {

// softmax(q·kᵀ/√D) for each head, [N,T,T]. The fused kernel of attention keeps no probabilities.
Tensor attention_probabilities(const Tensor& q, const Tensor& k, Index heads) {
  const Index length = q.shape()[0], hidden = q.shape()[1], width = hidden / heads;
  const auto queries = q.values<float>(), keys = k.values<float>();
  Tensor result(Shape{heads, length, length}, DType::f32);
  float* p = result.data<float>();
  for (Index n = 0; n < heads; ++n) {
    for (Index i = 0; i < length; ++i, p += length) {
      for (Index j = 0; j < length; ++j) {
        const auto query = queries.subspan(static_cast<std::size_t>(i * hidden + n * width));
        const auto key = keys.subspan(static_cast<std::size_t>(j * hidden + n * width));
        const float product = std::inner_product(query.begin(), query.begin() + width, key.begin(), 0.0f);
        p[j] = product / std::sqrt(static_cast<float>(width));
      }
      const float largest = *std::max_element(p, p + length);
      std::transform(p, p + length, p, [&](float score) { return std::exp(score - largest); });
      const float sum = std::accumulate(p, p + length, 0.0f);
      std::transform(p, p + length, p, [&](float power) { return power / sum; });
    }
  }
  return result;
}

// Keeps what modules show.
class Recorder : public Observer {
 public:
  Recorder(Inspection& inspection, Index heads) : inspection_(inspection), heads_(heads) {}

  void see(std::string_view what, const Var& value) override {
    const Tensor& x = value.value();
    if (what == "embeddings") inspection_.embeddings = x;
    if (what == "query") query_ = x;
    if (what == "key") inspection_.layers.push_back({.attention = attention_probabilities(query_, x, heads_)});
    if (what == "attended") inspection_.layers.back().attended = x;
    if (what == "fed_forward") inspection_.layers.back().fed_forward = x;
  }

 private:
  Inspection& inspection_;
  Index heads_;
  Tensor query_;
};

Sequence read_text(const BertForMaskedLM& model, const Tokenizer& tokenizer, std::string_view text) {
  return sequence_of(tokenizer.encode(text, cut_to(longest_sequence(model.config(), tokenizer))), tokenizer);
}

double norm_of(const Tensor& x) {
  return std::sqrt(kernels::sum_of_squares(x));
}

ParameterGradient gradient_at(const Parameter& parameter) {
  const Tensor value = parameter.value(), grad = parameter.grad();
  ParameterGradient result = {.path = parameter.path, .shape = value.shape(), .value_norm = norm_of(value)};
  if (!grad.defined()) return result;  // no row of this table was read
  const auto gradients = grad.values<float>();
  const auto strongest = std::ranges::max_element(gradients, {}, [](float g) { return std::abs(g); });
  result.gradient_norm = norm_of(grad);
  result.strongest = strongest - gradients.begin();
  result.value = value.values<float>()[static_cast<std::size_t>(result.strongest)];
  result.gradient = *strongest;
  return result;
}

}  // namespace

Inspection inspect(const BertForMaskedLM& model, const Tokenizer& tokenizer, std::string_view text) {
  Inspection result;
  const std::vector<Sequence> sequences = {read_text(model, tokenizer, text)};
  result.ids = sequences.front().ids;
  result.type_ids = sequences.front().type_ids;
  for (const std::int32_t id : result.ids) result.tokens.push_back(tokenizer.vocabulary().token(id));

  const NoGrad no_grad;
  const PackedSequences packed = pack(sequences);
  const BertEmbeddings& tables = model.bert().embeddings();
  result.word = embedding(tables.word_embeddings(), packed.ids).value();
  result.token_type = embedding(tables.token_type_embeddings(), packed.type_ids).value();
  result.position = embedding(tables.position_embeddings(), packed.positions).value();

  Recorder recorder(result, model.config().num_attention_heads);
  Mode mode = Mode::inference();
  mode.set_observer(&recorder);
  std::vector<std::int32_t> rows(result.ids.size());
  std::iota(rows.begin(), rows.end(), 0);
  result.logits = model.logits(packed, Tensor::from(rows), mode).value();
  return result;
}

LossGradient loss_gradient(const BertForMaskedLM& model, const Tokenizer& tokenizer, std::string_view text, Index token,
                           std::int32_t target) {
  const std::vector<Sequence> sequences = {read_text(model, tokenizer, text)};
  const auto length = static_cast<Index>(sequences.front().ids.size());
  require(token >= 0 && token < length, "token {} is outside the text, which has {} tokens", token, length);
  require(target >= 0 && target < model.config().vocab_size, "{} is not the id of a token; the vocabulary has {}",
          target, model.config().vocab_size);
  const std::vector<Parameter> parameters = model.parameters();
  for (const Parameter& parameter : parameters) {
    require(parameter.value().dtype() == DType::f32, "gradients need weights stored as f32; {} is stored as {}",
            parameter.path, name_of(parameter.value().dtype()));
    parameter.var().clear_grad();
  }

  LossGradient result;
  {
    Tape tape;
    Mode mode = Mode::inference();
    const Var logits = model.logits(pack(sequences), Tensor::from(std::vector{static_cast<std::int32_t>(token)}), mode);
    const Var loss = cross_entropy(logits, Tensor::from(std::vector{target}), 1);
    result.loss = loss.value().item();
    tape.backward(loss);
  }
  // Every position occurs once, so its row's gradient is that of the sum of embeddings at this token.
  const Tensor& positions = model.bert().embeddings().position_embeddings().grad();
  for (Index t = 0; t < length; ++t) result.tokens.push_back(norm_of(positions.rows(t, t + 1)));
  for (const Parameter& parameter : parameters) {
    result.parameters.push_back(gradient_at(parameter));
    parameter.var().clear_grad();
  }
  return result;
}

}  // namespace mini_bert
