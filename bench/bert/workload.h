#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mini_bert/bert/checkpoint.h"

// The weights and the batches for benchmarks of whole models.
namespace mini_bert::bench {

// BERT base with the vocabulary of bert-base-chinese: 102 million parameters, V = 21128.
BertConfig bert_base();

// Loads the weights of a model directory; if `directory` is empty, makes BERT base with random weights. The tokenizer
// is not read.
std::unique_ptr<BertForMaskedLM> make_model(const std::filesystem::path& directory, WeightMemory memory);

// A batch and the numbers from which its speed is computed.
struct Work {
  MaskedBatch batch;
  std::vector<Index> lengths;  // tokens of each sentence

  Index tokens() const { return batch.tokens.ids.size(); }
};

// Random tokens in sentences of equal length. In each, round(0.15·length) tokens are masked, at least one.
Work random_work(Index sentences, Index length, Index vocab_size, std::uint32_t stream = 0);

// Reads JSON lines with one batch per line, as bench/peers/workload.py writes them:
//   {"ids": [[101, …], …], "masked_rows": [3, …], "labels": [2769, …]}
// ids are those after masking, one list per sentence. Masked rows index the tokens of all sentences joined end to end.
// Error, with path and line, for anything else.
std::vector<Work> read_work(const std::filesystem::path& path, const BertConfig& config);

}  // namespace mini_bert::bench
