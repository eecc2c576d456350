#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

// What asking a masked language model about its blanks has in common, whatever is asked.
namespace mini_bert {

// log Σ exp z, in double: log softmax(z)_v = z_v − log_sum_exp(z).
double log_sum_exp(std::span<const float> logits);

// Where `ids` have [MASK], ascending. Error, quoting `text`, when nowhere.
std::vector<std::int32_t> mask_positions(const Tokenizer& tokenizer, std::span<const std::int32_t> ids,
                                         std::string_view text);

// The scores of the whole vocabulary, [V], at tokens rows[s] of each sequence s, in as few passes as
// batches_by_length() makes of them. use(s, r, logits) is called once for each row rows[s][r], those of one sequence
// one after the other in their order.
void for_each_row(const BertForMaskedLM& model, std::span<const Sequence> sequences,
                  std::span<const std::vector<std::int32_t>> rows,
                  const std::function<void(std::size_t s, std::size_t r, std::span<const float> logits)>& use);

// Blanks next to each other: `width` tokens [MASK] from token `begin` on.
struct BlankRun {
  std::int32_t begin, width;
  bool any_length = false;  // one of them was written [MASK]*
};

// A text with blanks, as token ids from [CLS] to [SEP].
struct BlankText {
  std::vector<std::int32_t> ids;
  std::vector<BlankRun> runs;  // in order

  // The ids with `width` tokens [MASK] in the place of a run; [MASK] is what the run holds now.
  std::vector<std::int32_t> widened(const BlankRun& run, std::int32_t width) const;
};

// Whether a text has a [MASK]*, the blank of unknown length.
bool has_open_blank(const Tokenizer& tokenizer, std::string_view text);

// Reads a text, cut at max_length tokens; the star of [MASK]* is not part of it. Error when no blank is left, when the
// [MASK]* was cut off, or when there are several.
BlankText read_blanks(const Tokenizer& tokenizer, std::string_view text, Index max_length);

}  // namespace mini_bert
