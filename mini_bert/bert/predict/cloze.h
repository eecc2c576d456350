#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/tokenizer/tokenizer.h"

// Functions that all predictions for the blanks of a text share.
namespace mini_bert {

// log Σ exp z, computed in double. log softmax(z)_v = z_v − log_sum_exp(z).
double log_sum_exp(std::span<const float> logits);

// The positions of [MASK] in `ids`, ascending. Throws Error, quoting `text`, when there is none.
std::vector<std::int32_t> mask_positions(const Tokenizer& tokenizer, std::span<const std::int32_t> ids,
                                         std::string_view text);

// Computes the scores of the whole vocabulary, [V], at the tokens rows[s] of each sequence s, with one forward pass for
// each batch of batches_by_length(). Calls use(s, r, logits) once for each row rows[s][r]. The calls for one sequence
// follow one another in the order of its rows.
void for_each_row(const BertForMaskedLM& model, std::span<const Sequence> sequences,
                  std::span<const std::vector<std::int32_t>> rows,
                  const std::function<void(std::size_t s, std::size_t r, std::span<const float> logits)>& use);

// Adjacent blanks: `width` tokens [MASK] from token `begin` on.
struct BlankRun {
  std::int32_t begin, width;
  bool any_length = false;  // one of them was written [MASK]*
};

// A text with blanks, as token ids from [CLS] to [SEP].
struct BlankText {
  std::vector<std::int32_t> ids;
  std::vector<BlankRun> runs;  // in order

  // The ids with `width` tokens [MASK] in place of a run. The id of [MASK] is read from the run.
  std::vector<std::int32_t> widened(const BlankRun& run, std::int32_t width) const;
};

// Whether a text has a [MASK]*, the blank of unknown length.
bool has_open_blank(const Tokenizer& tokenizer, std::string_view text);

// Reads a text and cuts it to max_length tokens. The star of [MASK]* is not part of the text. Throws Error when no
// blank is left, when the [MASK]* was cut off, and when there are several [MASK]*.
BlankText read_blanks(const Tokenizer& tokenizer, std::string_view text, Index max_length);

}  // namespace mini_bert
