#include "mini_bert/bert/predict/joint_fill.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/cloze.h"

namespace mini_bert {
namespace {

struct Hypothesis {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> open;  // positions that are still blank, ascending
  double log_probability = 0;
};
using Beam = std::vector<Hypothesis>;

struct Continuation {
  std::size_t parent;
  std::size_t blank;  // index into `open` of the parent
  std::int32_t id;
  double log_probability;
};

void keep_best(std::vector<Continuation>& continuations, Index count) {
  const auto kept = std::min(continuations.size(), static_cast<std::size_t>(count));
  std::ranges::partial_sort(continuations, continuations.begin() + static_cast<std::ptrdiff_t>(kept),
                            [](const Continuation& a, const Continuation& b) {
                              if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
                              return a.parent != b.parent ? a.parent < b.parent : a.id < b.id;
                            });
  continuations.resize(kept);
}

// Fills several beams at the same time. The beams differ in the length of the [MASK]*.
class Search {
 public:
  Search(const BertForMaskedLM& model, const std::vector<std::int32_t>& candidates, Index width)
      : model_(model), candidates_(candidates), width_(width) {}

  // Fills one more blank in each hypothesis that has an open blank.
  void advance(std::vector<Beam>& beams) const {
    std::vector<const Hypothesis*> open;
    for (const Beam& beam : beams) {
      for (const Hypothesis& hypothesis : beam) {
        if (!hypothesis.open.empty()) open.push_back(&hypothesis);
      }
    }
    const std::vector<std::vector<Continuation>> continuations = continue_all(open);
    std::size_t first = 0;
    for (Beam& beam : beams) {
      if (beam.front().open.empty()) continue;
      std::vector<Continuation> all;
      for (std::size_t h = first; h < first + beam.size(); ++h) {
        all.insert(all.end(), continuations[h].begin(), continuations[h].end());
      }
      first += beam.size();
      keep_best(all, width_);
      Beam next;
      for (const Continuation& continuation : all) next.push_back(fill(*open[continuation.parent], continuation));
      beam = std::move(next);
    }
  }

 private:
  // The best continuations of each hypothesis. All fill the blank whose best token has the highest probability.
  std::vector<std::vector<Continuation>> continue_all(std::span<const Hypothesis* const> hypotheses) const {
    std::vector<Sequence> sequences;
    std::vector<std::vector<std::int32_t>> rows;
    for (const Hypothesis* hypothesis : hypotheses) {
      sequences.push_back({hypothesis->ids, std::vector<std::int32_t>(hypothesis->ids.size(), 0)});
      rows.push_back(hypothesis->open);
    }
    std::vector<double> surest(hypotheses.size(), -INFINITY);
    std::vector<std::vector<Continuation>> continuations(hypotheses.size());
    for_each_row(model_, sequences, rows, [&](std::size_t h, std::size_t blank, std::span<const float> logits) {
      const double log_sum = log_sum_exp(logits);
      const double confidence = std::ranges::max(logits) - log_sum;
      if (confidence <= surest[h]) return;
      surest[h] = confidence;
      continuations[h].clear();
      for (const std::int32_t id : candidates_) {
        const double log_p = logits[static_cast<std::size_t>(id)] - log_sum;
        continuations[h].push_back({h, blank, id, hypotheses[h]->log_probability + log_p});
      }
      keep_best(continuations[h], width_);
    });
    return continuations;
  }

  static Hypothesis fill(Hypothesis hypothesis, const Continuation& continuation) {
    const auto blank = hypothesis.open.begin() + static_cast<std::ptrdiff_t>(continuation.blank);
    hypothesis.ids[static_cast<std::size_t>(*blank)] = continuation.id;
    hypothesis.open.erase(blank);
    hypothesis.log_probability = continuation.log_probability;
    return hypothesis;
  }

  const BertForMaskedLM& model_;
  const std::vector<std::int32_t>& candidates_;
  Index width_;
};

// The text once for each width of its [MASK]*. A text without [MASK]* is returned as it is.
std::vector<std::vector<std::int32_t>> all_widths(const BlankText& text, Index max_blank_length) {
  const auto open = std::ranges::find(text.runs, true, &BlankRun::any_length);
  if (open == text.runs.end()) return {text.ids};
  std::vector<std::vector<std::int32_t>> texts;
  for (Index more = 0; more < max_blank_length; ++more) {
    texts.push_back(text.widened(*open, open->width + static_cast<std::int32_t>(more)));
  }
  return texts;
}

}  // namespace

double JointAnswer::score() const {
  return std::exp(log_probability);
}

double JointAnswer::log_probability_per_token() const {
  return log_probability / static_cast<double>(tokens.size());
}

std::vector<JointAnswer> joint_fill(const BertForMaskedLM& model, const Tokenizer& tokenizer, std::string_view text,
                                    const JointFillOptions& options) {
  std::vector<std::int32_t> candidates = options.candidates;
  if (candidates.empty()) {
    candidates.resize(static_cast<std::size_t>(tokenizer.size_with_rows()));
    std::iota(candidates.begin(), candidates.end(), 0);
  }
  const Index positions = longest_sequence(model.config(), tokenizer);
  const Index room = has_open_blank(tokenizer, text) ? options.max_blank_length - 1 : 0;
  require(room + 3 <= positions, "a blank of {} tokens does not fit into the {} the model reads",
          options.max_blank_length, positions);
  const BlankText blanks = read_blanks(tokenizer, text, positions - room);

  std::vector<Beam> beams;
  std::vector<std::vector<std::int32_t>> filled_rows;
  for (std::vector<std::int32_t>& ids : all_widths(blanks, options.max_blank_length)) {
    filled_rows.push_back(mask_positions(tokenizer, ids, text));
    beams.push_back({{std::move(ids), filled_rows.back()}});
  }
  const Search search(model, candidates, std::max(options.beam, options.top_k));
  while (std::ranges::any_of(beams, [](const Beam& beam) { return !beam.front().open.empty(); })) search.advance(beams);

  std::vector<JointAnswer> answers;
  for (std::size_t b = 0; b < beams.size(); ++b) {
    for (const Hypothesis& hypothesis : beams[b]) {
      JointAnswer& answer = answers.emplace_back();
      for (const std::int32_t position : filled_rows[b]) {
        answer.tokens.push_back(hypothesis.ids[static_cast<std::size_t>(position)]);
        answer.token_strs.push_back(tokenizer.vocabulary().token(answer.tokens.back()));
      }
      answer.log_probability = hypothesis.log_probability;
      answer.sequence = tokenizer.decode(hypothesis.ids);
    }
  }
  std::ranges::stable_sort(answers, std::ranges::greater(), &JointAnswer::log_probability_per_token);
  if (answers.size() > static_cast<std::size_t>(options.top_k)) answers.resize(static_cast<std::size_t>(options.top_k));
  return answers;
}

}  // namespace mini_bert
