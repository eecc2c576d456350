#include "mini_bert/bert/predict/choose.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/finite_answer.h"

namespace mini_bert {
namespace {

std::vector<ChoiceScore> softmax(std::span<const float> logits) {
  const double maximum = std::ranges::max(logits);
  std::vector<ChoiceScore> scores;
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    scores.push_back({i, std::exp(logits[i] - maximum)});
    sum += scores.back().score;
  }
  for (ChoiceScore& score : scores) score.score /= sum;
  return scores;
}

}  // namespace

std::vector<float> choice_logits(const BertForMultipleChoice& model, const Dataset& data) {
  const NoGrad no_grad;
  std::vector<float> scores(data.sequences.size());
  for (const std::vector<Index>& members : batches_by_length(data.sequences)) {
    Mode mode = model.answer_mode();
    const Tensor logits = finite_answer(model.logits(pack_members(data.sequences, members), mode).value(), model);
    for (std::size_t m = 0; m < members.size(); ++m) {
      scores[static_cast<std::size_t>(members[m])] = logits.values<float>()[m];
    }
  }
  return scores;
}

std::vector<std::vector<ChoiceScore>> choose(const BertForMultipleChoice& model, const Tokenizer& tokenizer,
                                             std::span<const ChoiceQuestion> questions) {
  const ChoosingSet set = make_choosing_set(questions, tokenizer, longest_sequence(model.config(), tokenizer));
  const std::vector<float> logits = choice_logits(model, set.data);
  std::vector<std::vector<ChoiceScore>> answers;
  std::span<const float> rest = logits;
  for (const Index count : set.counts) {
    std::vector<ChoiceScore>& scores = answers.emplace_back(softmax(rest.first(static_cast<std::size_t>(count))));
    std::ranges::stable_sort(scores, std::ranges::greater(), &ChoiceScore::score);
    rest = rest.subspan(static_cast<std::size_t>(count));
  }
  return answers;
}

}  // namespace mini_bert
