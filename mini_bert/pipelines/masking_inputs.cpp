#include "mini_bert/pipelines/masking_inputs.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/format_count.h"
#include "mini_bert/bert/data/word_mining.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_examples = 12;

// "诸葛涛 (65), 三国人物 (21), …"
std::string examples(const std::vector<MinedWord>& words) {
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), most_examples); ++i) {
    text += fmt::format("{}{} ({})", i > 0 ? ", " : "", words[i].text, format_count(words[i].count));
  }
  return text + (words.size() > most_examples ? ", …" : "");
}

std::string examples(std::vector<std::string> words) {
  const bool more = words.size() > most_examples;
  words.resize(std::min(words.size(), most_examples));
  return fmt::format("{}{}", fmt::join(words, ", "), more ? ", …" : "");
}

WordList find_words(const Tokenizer& tokenizer, const Dataset& train, std::vector<std::string>& facts) {
  const std::vector<MinedWord> words = mine_words(train.sequences, tokenizer);
  WordList list;
  for (const MinedWord& word : words) list.add(word.ids);
  facts.push_back(words.empty() ? "no words were found in the training texts; every character is a word of its own"
                                : fmt::format("{} words were found in the training texts: {}",
                                              format_count(static_cast<Index>(words.size())), examples(words)));
  return list;
}

WordList read_words(const std::string& path, const Tokenizer& tokenizer, std::vector<std::string>& facts) {
  ReadWords read = read_word_list(path, tokenizer);
  facts.push_back(fmt::format("{}: {} words", path, format_count(static_cast<Index>(read.words.size()))));
  if (!read.unusable.empty()) {
    facts.push_back(fmt::format("{} words of it hold characters that the vocabulary lacks and are not used: {}",
                                format_count(static_cast<Index>(read.unusable.size())), examples(read.unusable)));
  }
  return std::move(read.words);
}

WordList always_masked(const MaskingRequest& masking, const Tokenizer& tokenizer) {
  const std::vector<std::string> words = masking.split_mask_words();
  ReadWords read = make_word_list(words, tokenizer);
  if (!read.unusable.empty()) {
    fail("`mask_words`: the vocabulary cannot read {}; name words whose characters it has",
         in_quotes(read.unusable.front()));
  }
  return std::move(read.words);
}

void add_facts_of_words(const TrainingRequest& request, const Tokenizer& tokenizer, const Dataset& train,
                        const MaskingCensus& census, std::vector<std::string>& facts) {
  const std::vector<std::string> words = request.masking.split_mask_words();
  if (words.empty()) return;
  facts.push_back(fmt::format("`mask_words`: {} tokens of the training texts are always masked",
                              format_count(census.always_by_word)));
  for (const std::string& word : words) {
    const Masker masker(tokenizer, 0, {.always = make_word_list({&word, 1}, tokenizer).words});
    if (masker.census(train.sequences).always_by_word == 0) facts.push_back(word + " does not occur in them");
  }
}

std::string share_text(Index count, Index total) {
  return fmt::format("{} of {} tokens", format_count(count), format_count(total));
}

}  // namespace

MaskingInputs read_masking_inputs(const TrainingRequest& request, const Tokenizer& tokenizer, const Dataset& train) {
  const MaskingRequest& masking = request.masking;
  MaskingInputs inputs;
  std::vector<std::string>& facts = inputs.facts;
  if (masking.whole_words == "auto") {
    inputs.rules.whole_words = find_words(tokenizer, train, facts);
  } else if (!masking.whole_words.empty()) {
    inputs.rules.whole_words = read_words(masking.whole_words, tokenizer, facts);
  }
  inputs.rules.always = always_masked(masking, tokenizer);
  inputs.rules.ngram = masking.ngram;

  const bool is_plain = facts.empty() && inputs.rules.always.empty() && masking.ngram == 1 && train.spans == 0;
  if (is_plain) return inputs;
  const double probability = request.training.mask_probability;
  const MaskingCensus census = Masker(tokenizer, probability, inputs.rules).census(train.sequences);
  if (inputs.rules.whole_words) {
    facts.push_back("whole words: " + share_text(census.in_words, census.candidates) + " are in words of two or more");
  }
  if (masking.ngram > 1) facts.push_back(fmt::format("1 to {} of them in a row", masking.ngram));
  add_facts_of_words(request, tokenizer, train, census, facts);
  if (train.spans > 0) {
    facts.push_back(fmt::format("\"mask\": {} spans, {} tokens of them always masked, nothing else in their texts",
                                format_count(train.spans), format_count(census.always_by_data)));
  }
  if (train.lost_spans > 0) {
    facts.push_back(fmt::format("{} spans have no token to guess: cut off, or not in the vocabulary",
                                format_count(train.lost_spans)));
  }
  if (census.silent > 0) {
    facts.push_back(
        fmt::format("{} training texts have nothing to guess and teach nothing", format_count(census.silent)));
  }
  return inputs;
}

}  // namespace mini_bert
