#pragma once

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/linear.h"

// BERT with the heads for tasks other than the masked language model. Devlin et al. 2019, arXiv:1810.04805 §3.1 and
// figure 4. Every loss is a sum over examples divided by `divisor`. If `divisor` is the number of examples, the loss is
// the mean, as in transformers. When gradients of several batches are added up, `divisor` is the number of examples in
// all of them.
namespace mini_bert {

// The last layer of several heads: dropout(x)·Wᵀ + b; x [n,H], result [n,C]. Parameters: those of Linear.
class ClassifierHead : public Linear {
 public:
  ClassifierHead(const BertConfig& config, Index outputs, DType dtype)
      : Linear(config.hidden_size, outputs, dtype), dropout_(config.classifier_dropout_prob()) {}

  Var forward(const Var& x, Mode& mode) const { return Linear::forward(dropout_.forward(x, mode)); }

 private:
  Dropout dropout_;
};

// Does the second text of a pair follow the first one? Label 0: yes, 1: no.
class BertForNextSentencePrediction : public BertPreTrainedModel {
 public:
  explicit BertForNextSentencePrediction(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForNextSentencePrediction"; }

  Var logits(const PackedSequences& tokens, Mode& mode) const;                                      // [B,2]
  Var loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode) const;  // labels i32 [B]

 private:
  Linear classifier_;
};

// Both of BERT's pre-training tasks at once: masked words and next sentence.
class BertForPreTraining : public BertPreTrainedModel {
 public:
  static constexpr bool has_decoder = true;
  explicit BertForPreTraining(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForPreTraining"; }

  struct Logits {
    Var words;          // [M,V], for the given rows
    Var next_sentence;  // [B,2]
  };
  Logits logits(const PackedSequences& tokens, const Tensor& rows, Mode& mode) const;

  // The sum of the two losses, each divided by its own divisor. next_labels i32 [B].
  Var loss(const MaskedBatch& batch, const Tensor& next_labels, double masked_divisor, double sentence_divisor,
           Mode& mode) const;

 private:
  MlmHead head_;
  Linear classifier_;
};

// A label, several labels or a number for each text or pair of texts.
class BertForSequenceClassification : public BertPreTrainedModel {
 public:
  explicit BertForSequenceClassification(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForSequenceClassification"; }

  Var logits(const PackedSequences& tokens, Mode& mode) const;  // [B,C], C = config().label_count()

  // By config().problem():
  //   single_label_classification   cross entropy, labels i32 [B]
  //   multi_label_classification    binary cross entropy, the mean over C labels; labels [B,C], each 0 to 1
  //   regression                    squared error, the mean over C numbers; labels [B,C]
  // Where each text has one label, `weights` [C] multiply the labels' terms, as in cross_entropy(); undefined: all 1.
  Var loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode,
           const Tensor& weights = {}) const;
  Var loss_of(const Var& logits, const Tensor& labels, double divisor, const Tensor& weights = {}) const;

 private:
  ClassifierHead classifier_;
};

// One label for each token.
class BertForTokenClassification : public BertPreTrainedModel {
 public:
  explicit BertForTokenClassification(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForTokenClassification"; }

  Var logits(const PackedSequences& tokens, Mode& mode) const;  // [T,C], C = config().label_count()
  // Cross entropy over the tokens whose label is not ignore_index. labels i32 [T]; `weights` [C], one for each label.
  Var loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode,
           const Tensor& weights = {}) const;

 private:
  ClassifierHead classifier_;
};

// Finds where the answer begins and where it ends in a text.
class BertForQuestionAnswering : public BertPreTrainedModel {
 public:
  explicit BertForQuestionAnswering(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForQuestionAnswering"; }

  Var logits(const PackedSequences& tokens, Mode& mode) const;  // [T,2]: column 0 scores beginnings, 1 ends
  // The mean of two cross entropies over the tokens of a sequence, one for the beginning of the answer and one for its
  // end. labels i32 [B,2] count tokens from the beginning of the sequence. In transformers, padding takes part in the
  // softmax; here there is no padding.
  Var loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode) const;

 private:
  Linear outputs_;
};

// Gives each of several sequences a score, to tell which one is right.
class BertForMultipleChoice : public BertPreTrainedModel {
 public:
  explicit BertForMultipleChoice(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForMultipleChoice"; }

  Var logits(const PackedSequences& tokens, Mode& mode) const;  // [B,1]
  // Cross entropy over the choices of each question. `choices` are the offsets of each question's sequences; labels i32
  // [Q] give the number of the right choice. Questions may have different numbers of choices.
  Var loss(const PackedSequences& tokens, const SequenceOffsets& choices, const Tensor& labels, double divisor,
           Mode& mode) const;

 private:
  ClassifierHead classifier_;
};

// The encoder and its pooler, without a head.
class BertWithoutHead : public BertPreTrainedModel {
 public:
  explicit BertWithoutHead(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertModel"; }
};

}  // namespace mini_bert
