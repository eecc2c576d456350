#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mini_bert/bert/checkpoint.h"

// The weights and batches of the benchmarks that run whole models.
namespace mini_bert::bench {

// BERT base with the vocabulary of bert-base-chinese: 102 million parameters, V = 21128.
BertConfig bert_base();

// A model directory's weights; when `directory` is empty BERT base with random ones. The tokenizer is not read.
std::unique_ptr<BertForMaskedLM> make_model(const std::filesystem::path& directory, WeightMemory memory);

// A batch and what its figures are computed from.
struct Work {
  MaskedBatch batch;
  std::vector<Index> lengths;  // tokens of each sentence

  Index tokens() const { return batch.tokens.ids.size(); }
};

// Random tokens, every sentence equally long; round(0.15·length) tokens of each are masked, at least one.
Work random_work(Index sentences, Index length, Index vocab_size, std::uint32_t stream = 0);

// JSON lines, one batch a line, as bench/peers/workload.py writes them:
//   {"ids": [[101, …], …], "masked_rows": [3, …], "labels": [2769, …]}
// ids after masking, sentence by sentence; masked rows count the tokens of all sentences end to end. Error, with path
// and line, for anything else.
std::vector<Work> read_work(const std::filesystem::path& path, const BertConfig& config);

}  // namespace mini_bert::bench
