// BERT as Hugging Face's transformers spells it, and as checkpoints of older versions and of PyTorch's wrappers do.
#include <array>

#include "mini_bert/bert/names/name_table.h"

namespace mini_bert {
namespace {

constexpr std::array transformers_rows = std::to_array<NameRow>({
    {"embeddings.word.weight", "bert.embeddings.word_embeddings.weight"},
    {"embeddings.word.weight", "cls.predictions.decoder.weight", NameRow::Form::copy},  // with tied weights
    {"embeddings.position.weight", "bert.embeddings.position_embeddings.weight"},
    {"embeddings.token_type.weight", "bert.embeddings.token_type_embeddings.weight"},
    {"embeddings.norm.scale", "bert.embeddings.LayerNorm.weight"},
    {"embeddings.norm.shift", "bert.embeddings.LayerNorm.bias"},

    {"encoder.layer.{layer}.attention.query.weight", "bert.encoder.layer.{layer}.attention.self.query.weight"},
    {"encoder.layer.{layer}.attention.query.bias", "bert.encoder.layer.{layer}.attention.self.query.bias"},
    {"encoder.layer.{layer}.attention.key.weight", "bert.encoder.layer.{layer}.attention.self.key.weight"},
    {"encoder.layer.{layer}.attention.key.bias", "bert.encoder.layer.{layer}.attention.self.key.bias"},
    {"encoder.layer.{layer}.attention.value.weight", "bert.encoder.layer.{layer}.attention.self.value.weight"},
    {"encoder.layer.{layer}.attention.value.bias", "bert.encoder.layer.{layer}.attention.self.value.bias"},
    {"encoder.layer.{layer}.attention.output.weight", "bert.encoder.layer.{layer}.attention.output.dense.weight"},
    {"encoder.layer.{layer}.attention.output.bias", "bert.encoder.layer.{layer}.attention.output.dense.bias"},
    {"encoder.layer.{layer}.attention.norm.scale", "bert.encoder.layer.{layer}.attention.output.LayerNorm.weight"},
    {"encoder.layer.{layer}.attention.norm.shift", "bert.encoder.layer.{layer}.attention.output.LayerNorm.bias"},
    {"encoder.layer.{layer}.feed_forward.inner.weight", "bert.encoder.layer.{layer}.intermediate.dense.weight"},
    {"encoder.layer.{layer}.feed_forward.inner.bias", "bert.encoder.layer.{layer}.intermediate.dense.bias"},
    {"encoder.layer.{layer}.feed_forward.outer.weight", "bert.encoder.layer.{layer}.output.dense.weight"},
    {"encoder.layer.{layer}.feed_forward.outer.bias", "bert.encoder.layer.{layer}.output.dense.bias"},
    {"encoder.layer.{layer}.feed_forward.norm.scale", "bert.encoder.layer.{layer}.output.LayerNorm.weight"},
    {"encoder.layer.{layer}.feed_forward.norm.shift", "bert.encoder.layer.{layer}.output.LayerNorm.bias"},

    {"pooler.weight", "bert.pooler.dense.weight"},
    {"pooler.bias", "bert.pooler.dense.bias"},

    // What the decoder adds is decoder.bias. transformers ties predictions.bias to it, and reads decoder.bias where the
    // two differ.
    {"masked_words.bias", "cls.predictions.bias"},
    {"masked_words.bias", "cls.predictions.decoder.bias", NameRow::Form::preferred},
    // A decoder that is not the table of word embeddings.
    {"masked_words.decoder.weight", "cls.predictions.decoder.weight"},
    {"masked_words.decoder.bias", "cls.predictions.decoder.bias"},
    {"masked_words.decoder.bias", "cls.predictions.bias", NameRow::Form::copy},
    {"masked_words.transform.weight", "cls.predictions.transform.dense.weight"},
    {"masked_words.transform.bias", "cls.predictions.transform.dense.bias"},
    {"masked_words.norm.scale", "cls.predictions.transform.LayerNorm.weight"},
    {"masked_words.norm.shift", "cls.predictions.transform.LayerNorm.bias"},
    {"next_sentence.weight", "cls.seq_relationship.weight"},
    {"next_sentence.bias", "cls.seq_relationship.bias"},
    {"classifier.weight", "classifier.weight"},
    {"classifier.bias", "classifier.bias"},
    {"answer.weight", "qa_outputs.weight"},
    {"answer.bias", "qa_outputs.bias"},
});

// Conversions from TensorFlow had these names until 2019.
constexpr OlderEnding older[] = {
    {"LayerNorm.weight", "LayerNorm.gamma"},
    {"LayerNorm.bias", "LayerNorm.beta"},
};

// DataParallel and its relatives insert "module", torch.compile "_orig_mod", trainers that hold a model "model".
constexpr std::string_view wrappers[] = {"module", "_orig_mod", "model"};

// Arrays that transformers computes: 0, 1, 2, …, and zeros.
constexpr std::string_view transformers_redundant[] = {
    "bert.embeddings.position_ids",
    "embeddings.position_ids",
    "bert.embeddings.token_type_ids",
    "embeddings.token_type_ids",
};

}  // namespace

extern constinit const NameTable bert_in_transformers = {.family = "BERT as transformers spells it",
                                                         .rows = transformers_rows,
                                                         .base = "bert.",
                                                         .older = older,
                                                         .wrappers = wrappers,
                                                         .redundant = transformers_redundant};

}  // namespace mini_bert
