#pragma once

#include <span>
#include <string>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/bert/data/word_list.h"

namespace mini_bert {

struct MiningOptions {
  std::size_t longest = 4;       // characters of a word
  Index least_count = 3;         // occurrences
  double least_cohesion = 0.45;  // of 1
  double least_entropy = 0.69;   // natural logarithm; ln 2: as unsure as between two neighbours
};

struct MinedWord {
  WordList::Ids ids;
  std::string text;
  Index count;      // occurrences
  double cohesion;  // of its weakest joint
  double entropy;   // of the neighbours on its more certain side
};

// Words of the sequences themselves, the most frequent first: runs of Chinese characters, one token each, that stand
// together more often than chance has it and meet many neighbours. With T characters in all, n(x) occurrences of x and
// p(x) = n(x)/T, a candidate w needs
//
//   count      n(w) ≥ least_count
//   cohesion   min over w = ab of  log(p(w) / (p(a)·p(b))) / −log p(w)  ≥ least_cohesion
//   entropy    min over both sides of  −Σ_c q(c)·log q(c)  ≥ least_entropy,  q(c) = n(c beside w) / n(w)
//
// Cohesion is pointwise mutual information (Church & Hanks 1990, "Word Association Norms, Mutual Information, and
// Lexicography"), divided by the most it can be (Bouma 2009, "Normalized (Pointwise) Mutual Information in Collocation
// Extraction"): in a page of text a frequent word cannot have much of it otherwise. Entropy is that of Jin &
// Tanaka-Ishii 2006, "Unsupervised Segmentation of Chinese Text by Use of Branching Entropy": inside a word one knows
// what comes next, at its edge one does not. Every end of a text and every token that is no Chinese character counts as
// a neighbour of its own, since a word ends there for certain.
std::vector<MinedWord> mine_words(std::span<const Sequence> sequences, const Tokenizer& tokenizer,
                                  const MiningOptions& options = {});

}  // namespace mini_bert
