#include "mini_bert/bert/predict/score.h"

#include <cmath>

#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/cloze.h"

namespace mini_bert {
namespace {

// A masked token. Each has a sequence of its own, the text with this token masked.
struct Blank {
  std::size_t text, token;  // index of the text; index into its token_scores
  std::int32_t row, id;     // position in the sequence; id before masking
};

}  // namespace

double TextScore::perplexity() const {
  return tokens == 0 ? 1 : std::exp(-score / static_cast<double>(tokens));
}

std::vector<TextScore> score(const BertForMaskedLM& model, const Tokenizer& tokenizer,
                             std::span<const std::string> texts) {
  tokenizer.require_row(tokenizer.mask_id());
  std::vector<TextScore> scores(texts.size());
  std::vector<Sequence> sequences;
  std::vector<Blank> blanks;
  for (std::size_t t = 0; t < texts.size(); ++t) {
    const Encoding encoding = tokenizer.encode(texts[t], cut_to(longest_sequence(model.config(), tokenizer)));
    for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
      if (tokenizer.is_special(encoding.ids[i]) && encoding.ids[i] != tokenizer.unk_id()) continue;
      blanks.push_back({t, scores[t].token_texts.size(), static_cast<std::int32_t>(i), encoding.ids[i]});
      sequences.push_back({encoding.ids, encoding.type_ids});
      sequences.back().ids[i] = tokenizer.mask_id();
      scores[t].token_texts.push_back(tokenizer.vocabulary().token(encoding.ids[i]));
    }
    scores[t].token_scores.resize(scores[t].token_texts.size());
    scores[t].tokens = static_cast<Index>(scores[t].token_texts.size());
  }
  std::vector<std::vector<std::int32_t>> rows;
  for (const Blank& blank : blanks) rows.push_back({blank.row});
  for_each_row(model, sequences, rows, [&](std::size_t s, std::size_t, std::span<const float> logits) {
    const Blank& blank = blanks[s];
    scores[blank.text].token_scores[blank.token] = logits[static_cast<std::size_t>(blank.id)] - log_sum_exp(logits);
  });
  for (TextScore& text : scores) {
    for (const double log_p : text.token_scores) text.score += log_p;
  }
  return scores;
}

}  // namespace mini_bert
