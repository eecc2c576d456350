#include "mini_bert/bert/predict/classify.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/finite_answer.h"

namespace mini_bert {
namespace {

std::vector<double> scores_from(std::span<const float> logits, const BertConfig& config) {
  std::vector<double> scores(logits.begin(), logits.end());
  if (config.problem_type && config.problem() == ProblemType::regression) return scores;
  if (config.problem() == ProblemType::multi_label_classification || scores.size() == 1) {
    for (double& score : scores) score = 1 / (1 + std::exp(-score));
    return scores;
  }
  const double maximum = std::ranges::max(scores);
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - maximum);
  for (double& score : scores) score /= sum;
  return scores;
}

}  // namespace

std::vector<std::vector<LabelScore>> classify(const BertForSequenceClassification& model, const Tokenizer& tokenizer,
                                              std::span<const TextPair> texts) {
  Dataset data;
  for (const auto& [text, pair] : texts)
    add_text(text, pair, tokenizer, longest_sequence(model.config(), tokenizer), data);
  const NoGrad no_grad;
  std::vector<std::vector<LabelScore>> answers(texts.size());
  for (const std::vector<Index>& members : batches_by_length(data.sequences)) {
    Mode mode = model.answer_mode();
    const Tensor logits = finite_answer(model.logits(pack_members(data.sequences, members), mode).value(), model);
    for (std::size_t m = 0; m < members.size(); ++m) {
      const Tensor row = logits.rows(static_cast<Index>(m), static_cast<Index>(m) + 1);
      auto& answer = answers[static_cast<std::size_t>(members[m])];
      const std::vector<double> scores = scores_from(row.values<float>(), model.config());
      for (std::size_t id = 0; id < scores.size(); ++id) {
        answer.push_back({model.config().label(static_cast<Index>(id)), scores[id]});
      }
      std::ranges::stable_sort(answer, std::ranges::greater(), &LabelScore::score);
    }
  }
  return answers;
}

}  // namespace mini_bert
