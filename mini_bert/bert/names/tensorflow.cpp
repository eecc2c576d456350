// BERT as Google's TensorFlow checkpoints spell it (https://github.com/google-research/bert). A kernel is the transpose
// of a weight: TensorFlow computes x·kernel, kernel [in,out].
#include <array>

#include "mini_bert/bert/names/name_table.h"

namespace mini_bert {
namespace {

constexpr auto transposed = NameRow::Form::transposed;

constexpr std::array google_rows = std::to_array<NameRow>({
    {"embeddings.word.weight", "bert/embeddings/word_embeddings"},
    {"embeddings.position.weight", "bert/embeddings/position_embeddings"},
    {"embeddings.token_type.weight", "bert/embeddings/token_type_embeddings"},
    {"embeddings.norm.scale", "bert/embeddings/LayerNorm/gamma"},
    {"embeddings.norm.shift", "bert/embeddings/LayerNorm/beta"},

    {"encoder.layer.{layer}.attention.query.weight", "bert/encoder/layer_{layer}/attention/self/query/kernel",
     transposed},
    {"encoder.layer.{layer}.attention.query.bias", "bert/encoder/layer_{layer}/attention/self/query/bias"},
    {"encoder.layer.{layer}.attention.key.weight", "bert/encoder/layer_{layer}/attention/self/key/kernel", transposed},
    {"encoder.layer.{layer}.attention.key.bias", "bert/encoder/layer_{layer}/attention/self/key/bias"},
    {"encoder.layer.{layer}.attention.value.weight", "bert/encoder/layer_{layer}/attention/self/value/kernel",
     transposed},
    {"encoder.layer.{layer}.attention.value.bias", "bert/encoder/layer_{layer}/attention/self/value/bias"},
    {"encoder.layer.{layer}.attention.output.weight", "bert/encoder/layer_{layer}/attention/output/dense/kernel",
     transposed},
    {"encoder.layer.{layer}.attention.output.bias", "bert/encoder/layer_{layer}/attention/output/dense/bias"},
    {"encoder.layer.{layer}.attention.norm.scale", "bert/encoder/layer_{layer}/attention/output/LayerNorm/gamma"},
    {"encoder.layer.{layer}.attention.norm.shift", "bert/encoder/layer_{layer}/attention/output/LayerNorm/beta"},
    {"encoder.layer.{layer}.feed_forward.inner.weight", "bert/encoder/layer_{layer}/intermediate/dense/kernel",
     transposed},
    {"encoder.layer.{layer}.feed_forward.inner.bias", "bert/encoder/layer_{layer}/intermediate/dense/bias"},
    {"encoder.layer.{layer}.feed_forward.outer.weight", "bert/encoder/layer_{layer}/output/dense/kernel", transposed},
    {"encoder.layer.{layer}.feed_forward.outer.bias", "bert/encoder/layer_{layer}/output/dense/bias"},
    {"encoder.layer.{layer}.feed_forward.norm.scale", "bert/encoder/layer_{layer}/output/LayerNorm/gamma"},
    {"encoder.layer.{layer}.feed_forward.norm.shift", "bert/encoder/layer_{layer}/output/LayerNorm/beta"},

    {"pooler.weight", "bert/pooler/dense/kernel", transposed},
    {"pooler.bias", "bert/pooler/dense/bias"},

    {"masked_words.bias", "cls/predictions/output_bias"},
    {"masked_words.transform.weight", "cls/predictions/transform/dense/kernel", transposed},
    {"masked_words.transform.bias", "cls/predictions/transform/dense/bias"},
    {"masked_words.norm.scale", "cls/predictions/transform/LayerNorm/gamma"},
    {"masked_words.norm.shift", "cls/predictions/transform/LayerNorm/beta"},
    {"next_sentence.weight", "cls/seq_relationship/output_weights"},
    {"next_sentence.bias", "cls/seq_relationship/output_bias"},
    {"classifier.weight", "output_weights"},  // of run_classifier.py
    {"classifier.bias", "output_bias"},
    {"answer.weight", "cls/squad/output_weights"},
    {"answer.bias", "cls/squad/output_bias"},
});

// What a training run adds to the weights.
constexpr std::string_view google_redundant[] = {"*/adam_m", "*/adam_v", "*global_step", "*AdamWeightDecayOptimizer*"};

}  // namespace

extern constinit const NameTable bert_in_tensorflow = {
    .family = "BERT as Google's TensorFlow checkpoints spell it", .rows = google_rows, .redundant = google_redundant};

}  // namespace mini_bert
