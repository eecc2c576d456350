#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// What one encoder layer computes for a text of T tokens.
struct LayerInspection {
  Tensor attention = {};    // [N,T,T]: in each head, how much token i (row) takes from token j; a row sums to 1
  Tensor attended = {};     // [T,H]: after attention, its residual connection and layer normalisation
  Tensor fed_forward = {};  // [T,H]: after the feed-forward part, likewise; the result of the layer
};

// What a masked language model computes on the way from a text to its answers. All numbers are f32.
struct Inspection {
  std::vector<std::int32_t> ids, type_ids;
  std::vector<std::string> tokens;
  Tensor word, token_type, position;  // [T,H] each: the rows of the three tables
  Tensor embeddings;                  // [T,H]: LayerNorm of their sum
  std::vector<LayerInspection> layers;
  Tensor logits;  // [T,V]: a score for every token of the vocabulary at every token of the text
};

// A text longer than the model reads is cut at its end. The model computes in the same way as in fill_mask().
Inspection inspect(const BertForMaskedLM& model, const Tokenizer& tokenizer, std::string_view text);

// The gradient of the loss at one parameter: the Euclidean norms of its gradient and its value, and the number with the
// largest gradient.
struct ParameterGradient {
  std::string path;
  Shape shape = {};
  double gradient_norm = 0, value_norm = 0;
  Index strongest = 0;  // where it stands, counted along the rows
  double value = 0, gradient = 0;
};

// What the word `target` at one token asks of the model: loss = −log p(target), without dropout.
struct LossGradient {
  double loss = 0;
  std::vector<double> tokens;  // of each token: the norm of the gradient of the sum of its three embeddings
  std::vector<ParameterGradient> parameters;
};

// Leaves the gradients of the model cleared. Throws Error when `token` is not a token of the text, when `target` is not
// an id of the vocabulary, and when weights are stored in a type that is not trained.
LossGradient loss_gradient(const BertForMaskedLM& model, const Tokenizer& tokenizer, std::string_view text, Index token,
                           std::int32_t target);

}  // namespace mini_bert
