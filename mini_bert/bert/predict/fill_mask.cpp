#include "mini_bert/bert/predict/fill_mask.h"

#include <algorithm>
#include <numeric>

#include "mini_bert/autograd/ops/softmax.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/cloze.h"
#include "mini_bert/bert/predict/finite_answer.h"

namespace mini_bert {
namespace {

std::vector<std::int32_t> target_ids(const Tokenizer& tokenizer, const std::vector<std::string>& targets) {
  std::vector<std::int32_t> ids;
  for (const std::string& target : targets) {
    const auto id = tokenizer.vocabulary().find(target);
    require(id.has_value(), "target \"{}\" is not one token of the vocabulary; it reads as {} tokens", target,
            tokenizer.encode(target, {.add_special_tokens = false}).size());
    tokenizer.require_row(*id);
    if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
  }
  return ids;
}

// The k candidates with the highest scores, best first. Of two equal scores, the lower id is first.
std::vector<std::int32_t> best(std::vector<std::int32_t> candidates, std::span<const float> scores, Index k) {
  const auto count = static_cast<std::ptrdiff_t>(std::min<std::size_t>(static_cast<std::size_t>(k), candidates.size()));
  std::partial_sort(
      candidates.begin(), candidates.begin() + count, candidates.end(),
      [&](std::int32_t a, std::int32_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  candidates.resize(static_cast<std::size_t>(count));
  return candidates;
}

}  // namespace

std::vector<std::vector<FillMaskAnswer>> fill_mask(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                                                   std::string_view text, const FillMaskOptions& options) {
  const Encoding encoding = tokenizer.encode(text, cut_to(longest_sequence(model.config(), tokenizer)));
  const std::vector<std::int32_t> blanks = mask_positions(tokenizer, encoding.ids, text);
  std::vector<std::int32_t> candidates = target_ids(tokenizer, options.targets);
  if (candidates.empty()) {
    candidates.resize(static_cast<std::size_t>(tokenizer.size_with_rows()));
    std::iota(candidates.begin(), candidates.end(), 0);
  }

  const NoGrad no_grad;
  Mode mode = model.answer_mode();
  const std::vector<Sequence> sequences = {{encoding.ids, encoding.type_ids}};
  const Var logits = model.logits(pack(sequences), Tensor::from(blanks), mode);  // [M,V]
  const Tensor scores = finite_answer(softmax(logits).value(), model);

  std::vector<std::vector<FillMaskAnswer>> answers;
  for (std::size_t m = 0; m < blanks.size(); ++m) {
    const auto row = scores.rows(static_cast<Index>(m), static_cast<Index>(m) + 1);
    const std::span<const float> p = row.values<float>();
    auto& list = answers.emplace_back();
    for (const std::int32_t id : best(candidates, p, options.top_k)) {
      std::vector<std::int32_t> filled = encoding.ids;
      filled[static_cast<std::size_t>(blanks[m])] = id;
      list.push_back({p[id], id, tokenizer.vocabulary().token(id), tokenizer.decode(filled, blanks.size() == 1)});
    }
  }
  return answers;
}

}  // namespace mini_bert
