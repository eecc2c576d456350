#include "mini_bert/bert/predict/answer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/predict/finite_answer.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_candidates = 20;

struct Candidate {
  double score;
  TextRange bytes;  // place in the context
};

bool is_context(const TextRange& range) {
  return range.end > range.begin;
}

// The tokens with the best scores in column `column`, best first.
std::vector<Index> best_tokens(const Tensor& logits, Index column) {
  const auto score = [&](Index t) { return logits.data<float>()[2 * t + column]; };
  std::vector<Index> order(static_cast<std::size_t>(logits.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, std::ranges::greater(), score);
  order.resize(std::min(order.size(), most_candidates));
  return order;
}

void add_candidates(const Window& window, const Tensor& logits, Index max_length, std::vector<Candidate>& candidates) {
  const float* const z = logits.data<float>();
  const std::vector<Index> ends = best_tokens(logits, 1);
  for (const Index begin : best_tokens(logits, 0)) {
    for (const Index end : ends) {
      const TextRange first = window.context[static_cast<std::size_t>(begin)];
      const TextRange last = window.context[static_cast<std::size_t>(end)];
      if (!is_context(first) || !is_context(last) || end < begin || end - begin + 1 > max_length) continue;
      candidates.push_back({static_cast<double>(z[2 * begin]) + z[2 * end + 1], {first.begin, last.end}});
    }
  }
}

// The best candidates with their probabilities. Windows overlap, so the same part of the context may be found several
// times; only its best score counts.
std::vector<AnswerSpan> choose(std::vector<Candidate> candidates, const std::string& context, Index top_k) {
  std::ranges::stable_sort(candidates, std::ranges::greater(), &Candidate::score);
  std::vector<Candidate> distinct;
  for (const Candidate& candidate : candidates) {
    if (distinct.size() == most_candidates) break;
    if (std::ranges::find(distinct, candidate.bytes, &Candidate::bytes) == distinct.end())
      distinct.push_back(candidate);
  }
  double sum = 0;
  for (const Candidate& candidate : distinct) sum += std::exp(candidate.score - distinct.front().score);
  std::vector<TextRange> ranges;
  for (const Candidate& candidate : distinct) ranges.push_back(candidate.bytes);
  const std::vector<TextRange> points = to_code_points(context, ranges);
  std::vector<AnswerSpan> spans;
  for (std::size_t i = 0; i < std::min(distinct.size(), static_cast<std::size_t>(top_k)); ++i) {
    const auto [begin, end] = distinct[i].bytes;
    spans.push_back({std::exp(distinct[i].score - distinct.front().score) / sum, points[i].begin, points[i].end,
                     context.substr(begin, end - begin)});
  }
  return spans;
}

}  // namespace

std::vector<std::vector<AnswerSpan>> best_answers(const AnsweringSet& set, std::span<const Tensor> logits,
                                                  const AnswerOptions& options) {
  std::vector<std::vector<Candidate>> candidates(set.questions.size());
  std::vector<double> absent(set.questions.size(), std::numeric_limits<double>::infinity());
  for (std::size_t w = 0; w < set.windows.size(); ++w) {
    const Window& window = set.windows[w];
    add_candidates(window, logits[w], options.max_answer_length, candidates[window.question]);
    const double cls = static_cast<double>(logits[w].data<float>()[0]) + logits[w].data<float>()[1];
    absent[window.question] = std::min(absent[window.question], cls);
  }
  std::vector<std::vector<AnswerSpan>> answers;
  for (std::size_t q = 0; q < set.questions.size(); ++q) {
    if (options.may_be_absent || candidates[q].empty()) candidates[q].push_back({absent[q], {0, 0}});
    answers.push_back(choose(std::move(candidates[q]), set.questions[q].context, options.top_k));
  }
  return answers;
}

std::vector<Tensor> window_logits(const BertForQuestionAnswering& model, const Dataset& windows) {
  const NoGrad no_grad;
  std::vector<Tensor> logits(windows.sequences.size());
  for (const std::vector<Index>& members : batches_by_length(windows.sequences)) {
    Mode mode = model.answer_mode();
    const PackedSequences tokens = pack_members(windows.sequences, members);
    const Tensor packed = finite_answer(model.logits(tokens, mode).value(), model);
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto b = static_cast<Index>(m);
      logits[static_cast<std::size_t>(members[m])] =
          packed.rows(tokens.offsets.begin(b), tokens.offsets.end(b)).clone();
    }
  }
  return logits;
}

std::vector<std::vector<AnswerSpan>> answer(const BertForQuestionAnswering& model, const Tokenizer& tokenizer,
                                            std::vector<Question> questions, const WindowOptions& windows,
                                            const AnswerOptions& options) {
  const AnsweringSet set = make_answering_set(std::move(questions), tokenizer, windows);
  return best_answers(set, window_logits(model, set.data), options);
}

}  // namespace mini_bert
