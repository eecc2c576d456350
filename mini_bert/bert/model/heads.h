#pragma once

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/linear.h"

// BERT with the heads for tasks other than the masked language model. Devlin et al. 2019, arXiv:1810.04805 §3.1 and
// figure 4. Every loss is a sum over its examples divided by `divisor`: with their number that is the mean, as
// transformers computes it; a group of batches whose gradients are added up takes the number of the whole group.
namespace mini_bert {

// Is the second text of a pair the one that followed the first? Answer 0: yes, 1: no.
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
  explicit BertForPreTraining(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForPreTraining"; }

  struct Logits {
    Var words;          // [M,V], of the rows asked for
    Var next_sentence;  // [B,2]
  };
  Logits logits(const PackedSequences& tokens, const Tensor& rows, Mode& mode) const;

  // The two losses, each over its own divisor, added. next_labels i32 [B].
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
  // `weights` [C] of the labels, where each text has one, as in cross_entropy(); undefined: all 1.
  Var loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode,
           const Tensor& weights = {}) const;
  Var loss_of(const Var& logits, const Tensor& labels, double divisor, const Tensor& weights = {}) const;

 private:
  Dropout dropout_;
  Linear classifier_;
};

// A label for each token.
class BertForTokenClassification : public BertPreTrainedModel {
 public:
  explicit BertForTokenClassification(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForTokenClassification"; }

  Var logits(const PackedSequences& tokens, Mode& mode) const;  // [T,C], C = config().label_count()
  // Cross entropy over the tokens whose label is not ignore_index; labels i32 [T], `weights` [C] of the labels.
  Var loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode,
           const Tensor& weights = {}) const;

 private:
  Dropout dropout_;
  Linear classifier_;
};

// Where in the text an answer begins and where it ends.
class BertForQuestionAnswering : public BertPreTrainedModel {
 public:
  explicit BertForQuestionAnswering(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForQuestionAnswering"; }

  Var logits(const PackedSequences& tokens, Mode& mode) const;  // [T,2]: column 0 scores beginnings, 1 ends
  // The mean of two cross entropies over the tokens of a sequence: of the beginning and of the end. labels i32 [B,2],
  // counted within the sequence. transformers also counts padding among the tokens that may be the answer; here there
  // is none.
  Var loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode) const;

 private:
  Linear outputs_;
};

// Which of several sequences is right: one score each.
class BertForMultipleChoice : public BertPreTrainedModel {
 public:
  explicit BertForMultipleChoice(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertForMultipleChoice"; }

  Var logits(const PackedSequences& tokens, Mode& mode) const;  // [B,1]
  // Cross entropy over the choices of a question; `choices` says which sequences are those of question q, labels i32
  // [Q] which of them is right. Questions may have different numbers of choices.
  Var loss(const PackedSequences& tokens, const SequenceOffsets& choices, const Tensor& labels, double divisor,
           Mode& mode) const;

 private:
  Dropout dropout_;
  Linear classifier_;
};

// The encoder and its pooler alone.
class BertWithoutHead : public BertPreTrainedModel {
 public:
  explicit BertWithoutHead(const BertConfig& config, DType dtype = DType::f32);
  std::string architecture() const override { return "BertModel"; }
};

}  // namespace mini_bert
