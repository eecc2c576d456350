#include "mini_bert/bert/predict/target_score.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/cloze.h"

namespace mini_bert {
namespace {

using Ids = std::vector<std::int32_t>;

// A word that is filled into a blank token by token.
struct Placement {
  std::int32_t begin;  // first token of the blank
  Ids word;
  Ids ids;   // the text so far
  Ids open;  // positions in the text of the tokens that are still blank
  double log_probability = 0;
  double pseudo_log_likelihood = 0;

  std::int32_t token_at(std::int32_t position) const { return word[static_cast<std::size_t>(position - begin)]; }
  Ids filled() const {
    Ids text = ids;
    std::ranges::copy(word, text.begin() + begin);
    return text;
  }
};

Sequence sequence_of(const Ids& ids) {
  return {ids, Ids(ids.size(), 0)};
}

// Words that have filled the same tokens into the same positions, and the next position to fill. They share a pass.
struct SharedText {
  std::vector<Placement*> words;
  std::int32_t position = 0;
  double confidence = -INFINITY;
  std::vector<double> log_probabilities = {};  // for each word, log p of its token at `position`

  void consider(std::int32_t candidate, std::span<const float> logits) {
    const double log_sum = log_sum_exp(logits);
    const double its_confidence = std::ranges::max(logits) - log_sum;
    if (its_confidence <= confidence) return;
    position = candidate;
    confidence = its_confidence;
    log_probabilities.clear();
    for (const Placement* word : words) {
      log_probabilities.push_back(logits[static_cast<std::size_t>(word->token_at(position))] - log_sum);
    }
  }
  void fill() const {
    for (std::size_t w = 0; w < words.size(); ++w) {
      Placement& word = *words[w];
      word.log_probability += log_probabilities[w];
      word.ids[static_cast<std::size_t>(position)] = word.token_at(position);
      std::erase(word.open, position);
    }
  }
};

// Fills one more token of each word that is not complete.
void fill_next(const BertForMaskedLM& model, std::span<Placement> placements) {
  std::map<std::pair<Ids, Ids>, std::vector<Placement*>> by_text;
  for (Placement& placement : placements) {
    if (!placement.open.empty()) by_text[{placement.ids, placement.open}].push_back(&placement);
  }
  std::vector<SharedText> texts;
  std::vector<Sequence> sequences;
  std::vector<Ids> rows;
  for (auto& [text, words] : by_text) {
    texts.push_back({.words = std::move(words)});
    sequences.push_back(sequence_of(text.first));
    rows.push_back(text.second);
  }
  for_each_row(model, sequences, rows, [&](std::size_t s, std::size_t r, std::span<const float> logits) {
    texts[s].consider(rows[s][r], logits);
  });
  for (const SharedText& text : texts) text.fill();
}

void add_pseudo_log_likelihoods(const BertForMaskedLM& model, std::span<Placement> placements, std::int32_t mask_id) {
  std::vector<Sequence> sequences;
  std::vector<Ids> rows;
  std::vector<Placement*> words;
  for (Placement& placement : placements) {
    const Ids filled = placement.filled();
    for (std::size_t i = 0; i < placement.word.size(); ++i) {
      const std::int32_t position = placement.begin + static_cast<std::int32_t>(i);
      sequences.push_back(sequence_of(filled));
      sequences.back().ids[static_cast<std::size_t>(position)] = mask_id;
      rows.push_back({position});
      words.push_back(&placement);
    }
  }
  for_each_row(model, sequences, rows, [&](std::size_t s, std::size_t, std::span<const float> logits) {
    const std::int32_t id = words[s]->token_at(rows[s].front());
    words[s]->pseudo_log_likelihood += logits[static_cast<std::size_t>(id)] - log_sum_exp(logits);
  });
}

// Splits a target that is not one token of the vocabulary.
Ids split(const Tokenizer& tokenizer, const std::string& target) {
  require(!target.empty(), "an empty word among the targets; expected words with commas between them");
  const Encoding encoding = tokenizer.encode(target, {.add_special_tokens = false});
  require(encoding.size() > 0, "target \"{}\" reads as no token at all; leave it out", target);
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    const TextRange bytes = encoding.offsets[i];
    require(encoding.ids[i] != tokenizer.unk_id(), "target \"{}\": the vocabulary has no token for \"{}\"", target,
            target.substr(bytes.begin, bytes.end - bytes.begin));
    require(!tokenizer.is_special(encoding.ids[i]), "target \"{}\" holds the special token {}; expected a word", target,
            tokenizer.vocabulary().token(encoding.ids[i]));
  }
  return encoding.ids;
}

}  // namespace

double TargetAnswer::score() const {
  return std::exp(log_probability);
}

double TargetAnswer::log_probability_per_token() const {
  return log_probability / static_cast<double>(tokens.size());
}

std::vector<Target> read_targets(const Tokenizer& tokenizer, std::span<const std::string> words) {
  std::vector<Target> targets;
  for (const std::string& word : words) {
    const auto id = tokenizer.vocabulary().find(word);
    if (id) tokenizer.require_row(*id);
    const Ids tokens = id ? Ids{*id} : split(tokenizer, word);
    if (std::ranges::find(targets, tokens, &Target::tokens) == targets.end()) targets.push_back({word, tokens});
  }
  return targets;
}

std::vector<std::vector<TargetAnswer>> score_targets(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                                                     std::string_view text, std::span<const Target> targets,
                                                     Index top_k) {
  require(!targets.empty(), "score_targets: no targets");
  std::size_t longest = 0;
  for (const Target& target : targets) longest = std::max(longest, target.tokens.size());
  const auto positions = static_cast<std::size_t>(longest_sequence(model.config(), tokenizer));
  require(longest + 2 <= positions, "the longest target has {} tokens, the model reads {}; choose shorter ones",
          longest, positions);
  // A blank has at least one token. The text leaves room for the other tokens of the longest target, so no target cuts
  // off a part of the text that other targets have as context.
  const BlankText blanks = read_blanks(tokenizer, text, static_cast<Index>(positions - longest + 1));

  std::vector<Placement> placements;  // for each run, all targets
  for (const BlankRun& run : blanks.runs) {
    for (const auto& [name, word] : targets) {
      Placement& placement = placements.emplace_back();
      placement.begin = run.begin;
      placement.word = word;
      placement.ids = blanks.widened(run, static_cast<std::int32_t>(word.size()));
      for (std::size_t i = 0; i < word.size(); ++i) placement.open.push_back(run.begin + static_cast<std::int32_t>(i));
    }
  }
  add_pseudo_log_likelihoods(model, placements, tokenizer.mask_id());
  for (std::size_t filled = 0; filled < longest; ++filled) fill_next(model, placements);

  std::vector<std::vector<TargetAnswer>> answers;
  for (std::size_t p = 0; p < placements.size(); ++p) {
    const Placement& placement = placements[p];
    if (p % targets.size() == 0) answers.emplace_back();
    TargetAnswer& answer = answers.back().emplace_back();
    for (const std::int32_t id : placement.word) answer.token_strs.push_back(tokenizer.vocabulary().token(id));
    answer.target = targets[p % targets.size()].text;
    answer.tokens = placement.word;
    answer.log_probability = placement.log_probability;
    answer.pseudo_log_likelihood = placement.pseudo_log_likelihood;
    answer.sequence = tokenizer.decode(placement.ids, blanks.runs.size() == 1);
  }
  for (auto& list : answers) {
    std::ranges::stable_sort(list, std::ranges::greater(), &TargetAnswer::log_probability_per_token);
    if (list.size() > static_cast<std::size_t>(top_k)) list.resize(static_cast<std::size_t>(top_k));
  }
  return answers;
}

}  // namespace mini_bert
