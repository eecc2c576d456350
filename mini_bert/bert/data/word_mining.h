#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/bert/data/word_list.h"

namespace mini_bert {

struct MiningOptions {
  std::size_t longest = 4;       // the most characters that a word has
  Index least_count = 3;         // occurrences
  double least_cohesion = 0.45;  // the maximum is 1
  double least_entropy = 0.69;   // in nats; ln 2 is the entropy of two equally frequent neighbours
};

struct MinedWord {
  WordList::Ids ids;
  std::string text;
  Index count;      // occurrences
  double cohesion;  // the cohesion at its weakest split into two parts
  double entropy;   // the entropy of its neighbours on the side where they vary less
};

// Finds words in the sequences, the most frequent first. A word is a run of Chinese characters, one token each, that
// occur together more often than by chance and next to many different neighbours. Among k characters, with n(x)
// occurrences of x and p(x) = n(x)/k, a candidate w must satisfy
//
//   count      n(w) ≥ least_count
//   cohesion   min over w = ab of  log(p(w) / (p(a)·p(b))) / −log p(w)  ≥ least_cohesion
//   entropy    min over both sides of  −Σ_c q(c)·log q(c)  ≥ least_entropy,  q(c) = n(c beside w) / n(w)
//
// Cohesion is pointwise mutual information (Church & Hanks 1990, "Word Association Norms, Mutual Information, and
// Lexicography"), divided by its maximum (Bouma 2009, "Normalized (Pointwise) Mutual Information in Collocation
// Extraction"). Without the division, a word that is frequent in a short text could not reach a high value. Entropy is
// the branching entropy of Jin & Tanaka-Ishii 2006, "Unsupervised Segmentation of Chinese Text by Use of Branching
// Entropy": inside a word the next character is predictable, at the edge of a word it is not. Every end of a text and
// every token that is not a Chinese character counts as a distinct neighbour, because a word certainly ends there.
std::vector<MinedWord> mine_words(std::span<const Sequence> sequences, const Tokenizer& tokenizer,
                                  const MiningOptions& options = {});

}  // namespace mini_bert
