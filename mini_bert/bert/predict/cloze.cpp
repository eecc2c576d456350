#include "mini_bert/bert/predict/cloze.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/finite_answer.h"

namespace mini_bert {

namespace {

std::size_t count_of(std::string_view part, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// A text for a message: whole, or its beginning.
std::string beginning_of(std::string_view text) {
  constexpr std::size_t most = 200;
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (is_continuation(text[end])) --end;
  return std::string(text.substr(0, end)) + "…";
}

// "; it has 【MASK】, with other signs around the word" when the text has a blank in another spelling.
std::string other_spelling(std::string_view text, std::string_view mask) {
  for (const std::string_view spelling :
       {"【MASK】", "［MASK］", "〔MASK〕", "［ＭＡＳＫ］", "「MASK」", "[mask]", "[Mask]", "【mask】", "<mask>",
        "<MASK>", "{MASK}", "(MASK)", "（MASK）", "[ MASK ]", "[MASK", "MASK]", "[BLANK]"}) {
    if (spelling != mask && text.find(spelling) != text.npos) {
      return fmt::format("; it has {}, which is spelled differently", spelling);
    }
  }
  return "";
}

}  // namespace

double log_sum_exp(std::span<const float> logits) {
  const double maximum = std::ranges::max(logits);
  double sum = 0;
  for (const float z : logits) sum += std::exp(static_cast<double>(z) - maximum);
  return maximum + std::log(sum);
}

std::vector<std::int32_t> mask_positions(const Tokenizer& tokenizer, std::span<const std::int32_t> ids,
                                         std::string_view text) {
  std::vector<std::int32_t> positions;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == tokenizer.mask_id()) positions.push_back(static_cast<std::int32_t>(i));
  }
  const std::string& mask = tokenizer.options().mask_token;
  const std::size_t written = count_of(mask, text);
  require(!tokenizer.options().split_special_tokens || written == 0,
          "the tokenizer reads {} as ordinary text, because its split_special_tokens is true; set it to false in "
          "tokenizer_config.json",
          mask);
  require(positions.size() >= written,
          "{} of the {} {} in the text \"{}\" were cut off, because the text is longer than {} tokens; shorten it",
          written - std::min(positions.size(), written), written, mask, beginning_of(text), ids.size());
  require(!positions.empty(), "no {} in the text \"{}\"; write {} where the blank is{}", mask, beginning_of(text), mask,
          other_spelling(text, mask));
  return positions;
}

void for_each_row(const BertForMaskedLM& model, std::span<const Sequence> sequences,
                  std::span<const std::vector<std::int32_t>> rows,
                  const std::function<void(std::size_t, std::size_t, std::span<const float>)>& use) {
  const NoGrad no_grad;
  for (const std::vector<Index>& members : batches_by_length(sequences)) {
    Mode mode = model.answer_mode();
    const PackedSequences tokens = pack_members(sequences, members);
    std::vector<std::int32_t> packed_rows;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto begin = static_cast<std::int32_t>(tokens.offsets.begin(static_cast<Index>(m)));
      for (const std::int32_t row : rows[static_cast<std::size_t>(members[m])]) packed_rows.push_back(begin + row);
    }
    const Tensor logits = finite_answer(model.logits(tokens, Tensor::from(packed_rows), mode).value(), model);  // [M,V]
    Index next = 0;
    for (const Index member : members) {
      const auto s = static_cast<std::size_t>(member);
      for (std::size_t r = 0; r < rows[s].size(); ++r, ++next) use(s, r, logits.rows(next, next + 1).values<float>());
    }
  }
}

std::vector<std::int32_t> BlankText::widened(const BlankRun& run, std::int32_t width) const {
  std::vector<std::int32_t> wider(ids.begin(), ids.begin() + run.begin);
  wider.insert(wider.end(), static_cast<std::size_t>(width), ids[static_cast<std::size_t>(run.begin)]);
  wider.insert(wider.end(), ids.begin() + run.begin + run.width, ids.end());
  return wider;
}

bool has_open_blank(const Tokenizer& tokenizer, std::string_view text) {
  return text.find(tokenizer.options().mask_token + "*") != std::string_view::npos;
}

BlankText read_blanks(const Tokenizer& tokenizer, std::string_view text, Index max_length) {
  const std::string open = tokenizer.options().mask_token + "*";
  const std::size_t open_at = text.find(open);
  std::string plain(text);
  if (open_at != std::string_view::npos) {
    plain.erase(open_at + open.size() - 1, 1);
    require(plain.find(open) == std::string::npos, "several {} in the text \"{}\"; a text may have one", open, text);
  }
  const Encoding encoding = tokenizer.encode(plain, cut_to(max_length));
  BlankText blanks{encoding.ids, {}};
  bool found_open = open_at == std::string_view::npos;
  for (const std::int32_t position : mask_positions(tokenizer, encoding.ids, text)) {
    const bool continues = !blanks.runs.empty() && blanks.runs.back().begin + blanks.runs.back().width == position;
    if (!continues) blanks.runs.push_back({position, 0});
    BlankRun& run = blanks.runs.back();
    ++run.width;
    const TextRange bytes = encoding.offsets[static_cast<std::size_t>(position)];
    if (bytes.begin <= open_at && open_at < bytes.end) run.any_length = found_open = true;
  }
  require(found_open,
          "the {} of the text \"{}\" is not among the {} tokens there is room for; shorten what is before it", open,
          text, max_length);
  return blanks;
}

}  // namespace mini_bert
