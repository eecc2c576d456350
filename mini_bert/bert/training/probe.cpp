#include "mini_bert/bert/training/probe.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/predict/cloze.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/bert/predict/finite_answer.h"

namespace mini_bert {
namespace {

struct ProbeParts {
  std::string_view text, answer;
};

// "text[MASK]=answer" at the last sign of equality behind the last blank.
ProbeParts split_probe(std::string_view line, std::string_view mask) {
  const std::size_t blank = line.rfind(mask);
  std::size_t at = line.npos, length = 0;
  for (const std::string_view sign : {"=", "＝"}) {
    const std::size_t found = line.rfind(sign);
    const bool is_later = found != line.npos && (at == line.npos || found > at);
    if (!is_later) continue;
    at = found;
    length = sign.size();
  }
  if (blank == line.npos || at == line.npos || at < blank) return {line, {}};
  std::string_view answer = line.substr(at + length);
  while (answer.starts_with(' ')) answer.remove_prefix(1);
  while (answer.ends_with(' ')) answer.remove_suffix(1);
  return {line.substr(0, at), answer};
}

}  // namespace

Probe read_probe(std::string_view line, const Tokenizer& tokenizer, Index max_length) {
  const auto [text, answer] = split_probe(line, tokenizer.options().mask_token);
  Probe probe{.text = std::string(text), .answer = std::string(answer), .right = {}};
  const Encoding encoding = tokenizer.encode(
      text, {.truncation = Truncation::longest_first, .max_length = static_cast<std::int32_t>(max_length)});
  const std::vector<std::int32_t> blanks = mask_positions(tokenizer, encoding.ids, text);
  if (answer.empty()) return probe;
  const Encoding tokens = tokenizer.encode(answer, {.add_special_tokens = false});
  require(static_cast<std::size_t>(tokens.size()) == blanks.size(),
          "the answer {} of the probe {} is {} tokens, the probe has {} {}; write one {} for each token of the answer",
          in_quotes(answer), in_quotes(text), tokens.size(), blanks.size(), tokenizer.options().mask_token,
          tokenizer.options().mask_token);
  for (std::size_t i = 0; i < blanks.size(); ++i) {
    require(!tokenizer.is_special(tokens.ids[i]), "the vocabulary does not know the answer {} of the probe {}",
            in_quotes(answer), in_quotes(text));
    probe.right.blanks.push_back({0, blanks[i], tokens.ids[i], probe.text});
  }
  probe.right.sequences.push_back({encoding.ids, encoding.type_ids});
  return probe;
}

ProbeRow ask_probe(const Probe& probe, const BertForMaskedLM& model, const Tokenizer& tokenizer) {
  ProbeRow row{.step = 0, .text = probe.text, .answers = {}};
  try {
    const auto answers = fill_mask(model, tokenizer, probe.text);
    for (const FillMaskAnswer& answer : answers.front()) row.answers.push_back({answer.token_str, answer.score});
  } catch (const NotFiniteAnswerError&) {
    // A model that diverges has no answer. The trainer says so where the loss is no number.
  }
  if (probe.right.blanks.empty()) return row;
  const NoGrad no_grad;
  const GuardRow found = score_guard(probe.right, [&](const PackedSequences& tokens, const Tensor& rows) {
    Mode mode = Mode::inference();
    return model.logits(tokens, rows, mode).value();
  });
  row.right = RightAnswer{probe.answer, std::ranges::max(found.ranks), std::exp(found.log_probability)};
  return row;
}

}  // namespace mini_bert
