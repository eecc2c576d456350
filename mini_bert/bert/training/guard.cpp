#include "mini_bert/bert/training/guard.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/data/record_reader.h"

namespace mini_bert {
namespace {

const std::string& column(const Record& record, const char* name, const std::string& where) {
  const Field* const field = record.has_columns ? record.find(name) : nullptr;
  require(field != nullptr,
          "{}: no column \"{}\" (columns: {}); a guard has texts with blanks and their right answers: {{\"text\": "
          "\"…[MASK]…\", \"answer\": \"…\"}}",
          where, name, record.has_columns ? record.column_names() : "none");
  require(field->is_text, "{}: column \"{}\" is {}, expected a text; put it in quotes", where, name,
          in_quotes(field->value));
  return field->value;
}

// The text with `answer` in place of blank number `blank`.
std::string filled(const std::string& text, const std::string& mask, std::size_t blank, const std::string& answer) {
  std::size_t at = text.find(mask);
  for (; blank > 0 && at != std::string::npos; --blank) at = text.find(mask, at + mask.size());
  if (at == std::string::npos) return text;
  return text.substr(0, at) + '[' + answer + ']' + text.substr(at + mask.size());
}

void add_record(const Record& record, const std::string& where, const Tokenizer& tokenizer, Index max_length,
                Guard& guard) {
  const std::string &text = column(record, "text", where), &answer = column(record, "answer", where);
  const Encoding encoding = tokenizer.encode(text);
  const Encoding answers = tokenizer.encode(answer, {.add_special_tokens = false});
  const std::string& mask = tokenizer.options().mask_token;
  require(encoding.size() <= max_length, "{}: the text has {} tokens, the model reads {}; shorten it", where,
          encoding.size(), max_length);
  const auto blanks = std::ranges::count(encoding.ids, tokenizer.mask_id());
  require(blanks > 0, "{}: no {} in {}; write {} where the answer belongs", where, mask, in_quotes(text), mask);
  require(answers.size() == blanks, "{}: the answer {} is {} tokens, expected one for each of {} {}", where,
          in_quotes(answer), answers.size(), blanks, mask);
  const auto sequence = static_cast<Index>(guard.sequences.size());
  std::size_t blank = 0;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    if (encoding.ids[i] != tokenizer.mask_id()) continue;
    const std::int32_t id = answers.ids[blank];
    require(!tokenizer.is_special(id), "{}: the vocabulary does not know the answer {}; ask for another", where,
            in_quotes(answer));
    guard.blanks.push_back(
        {sequence, static_cast<Index>(i), id, filled(text, mask, blank, tokenizer.vocabulary().token(id))});
    ++blank;
  }
  guard.sequences.push_back({encoding.ids, encoding.type_ids});
}

// How a row of scores ranks the right answer.
struct Found {
  double log_probability;
  Index rank;  // from 1; among equal scores the lower id comes first
};
Found look_up(std::span<const float> scores, std::int32_t answer) {
  const auto right = static_cast<std::size_t>(answer);
  const double highest = *std::ranges::max_element(scores);
  double sum = 0;
  Index rank = 1;
  for (std::size_t id = 0; id < scores.size(); ++id) {
    sum += std::exp(scores[id] - highest);
    rank += scores[id] > scores[right] || (scores[id] == scores[right] && id < right);
  }
  // Nothing is greater than NaN. A model that has diverged must not look as if it knew the answer.
  if (!std::isfinite(sum) || std::isnan(scores[right])) rank = static_cast<Index>(scores.size());
  return {scores[right] - highest - std::log(sum), rank};
}

}  // namespace

std::vector<std::string> Guard::texts() const {
  std::vector<std::string> texts;
  for (const Blank& blank : blanks) texts.push_back(blank.text);
  return texts;
}

Guard read_guard(const std::filesystem::path& path, const Tokenizer& tokenizer, Index max_length) {
  Guard guard;
  read_records(path, [&](Record& record) {
    add_record(record, fmt::format("{}: line {}", path.string(), record.line), tokenizer, max_length, guard);
  });
  require(!guard.blanks.empty(), "{}: no text with a blank in it", path.string());
  return guard;
}

GuardRow score_guard(const Guard& guard, const WordScores& scores) {
  std::vector<Found> found(guard.blanks.size());
  for (const std::vector<Index>& members : batches_by_length(guard.sequences)) {
    const PackedSequences tokens = pack_members(guard.sequences, members);
    std::map<Index, Index> begins;  // the first packed row of each sequence
    Index begin = 0;
    for (const Index s : members) {
      begins[s] = begin;
      begin += static_cast<Index>(guard.sequences[static_cast<std::size_t>(s)].ids.size());
    }
    std::vector<std::size_t> asked;
    std::vector<std::int32_t> rows;
    for (std::size_t i = 0; i < guard.blanks.size(); ++i) {
      const auto at = begins.find(guard.blanks[i].sequence);
      if (at == begins.end()) continue;
      asked.push_back(i);
      rows.push_back(static_cast<std::int32_t>(at->second + guard.blanks[i].token));
    }
    const Tensor z = scores(tokens, Tensor::from(rows));
    for (std::size_t m = 0; m < asked.size(); ++m) {
      const Tensor row = z.rows(static_cast<Index>(m), static_cast<Index>(m) + 1);
      found[asked[m]] = look_up(row.values<float>(), guard.blanks[asked[m]].answer);
    }
  }
  GuardRow row;
  for (const Found& blank : found) {
    row.log_probability += blank.log_probability / static_cast<double>(found.size());
    row.ranks.push_back(blank.rank);
  }
  return row;
}

}  // namespace mini_bert
