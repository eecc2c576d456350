#include "mini_bert/bert/predict/tag.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mini_bert/autograd/ops/softmax.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/bert/longest_sequence.h"
#include "mini_bert/bert/predict/finite_answer.h"

namespace mini_bert {
namespace {

// A token, or a word after its tokens were merged.
struct Part {
  std::vector<float> scores;  // the probability of each label for the first token
  std::size_t label;
  double score;
  std::vector<std::string> pieces;
  Index index, begin, end;
  bool continues_word;
};

std::size_t best_of(std::span<const float> scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

std::vector<Part> parts_of(const Encoding& encoding, const std::string& text, const Tensor& probabilities,
                           const Tokenizer& tokenizer) {
  const std::vector<TextRange> offsets = code_point_offsets(encoding, text);
  std::vector<Part> parts;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    if (encoding.special[i] != 0) continue;
    const Tensor row = probabilities.rows(static_cast<Index>(i), static_cast<Index>(i) + 1);
    const auto scores = row.values<float>();
    const std::size_t label = best_of(scores);
    const TextRange bytes = encoding.offsets[i];
    const bool unknown = encoding.ids[i] == tokenizer.unk_id();
    const std::string piece =
        unknown ? text.substr(bytes.begin, bytes.end - bytes.begin) : tokenizer.vocabulary().token(encoding.ids[i]);
    parts.push_back({{scores.begin(), scores.end()},
                     label,
                     scores[label],
                     {piece},
                     static_cast<Index>(i),
                     offsets[i].begin,
                     offsets[i].end,
                     // Like transformers: a token whose length differs from its text begins with "##".
                     !unknown && count_code_points(piece) != offsets[i].end - offsets[i].begin});
  }
  return parts;
}

// Merges the tokens of a word into one part, whose tag depends on the aggregation.
Part merge_word(std::span<const Part> tokens, Aggregation aggregation) {
  Part word = tokens.front();
  if (aggregation == Aggregation::max) {
    const Part& surest = *std::ranges::max_element(tokens, {}, &Part::score);
    word.label = surest.label;
    word.score = surest.score;
  } else if (aggregation == Aggregation::average) {
    std::vector<float> mean(word.scores.size(), 0);
    for (const Part& token : tokens) {
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += token.scores[i] / static_cast<float>(tokens.size());
    }
    word.label = best_of(mean);
    word.score = mean[word.label];
  }
  for (const Part& token : tokens.subspan(1)) word.pieces.push_back(token.pieces.front());
  word.end = tokens.back().end;
  return word;
}

std::vector<Part> merge_words(const std::vector<Part>& tokens, Aggregation aggregation) {
  std::vector<Part> words;
  for (std::size_t begin = 0, end = 0; begin < tokens.size(); begin = end) {
    for (end = begin + 1; end < tokens.size() && tokens[end].continues_word;) ++end;
    words.push_back(merge_word(std::span(tokens).subspan(begin, end - begin), aggregation));
  }
  return words;
}

struct SpanTag {
  bool begins, ends;
  std::string_view type;
};

SpanTag parse_tag(std::string_view label) {
  if (label.size() < 2 || label[1] != '-' || std::string_view("BIEMS").find(label[0]) == std::string_view::npos) {
    return {false, false, label};
  }
  return {label[0] == 'B' || label[0] == 'S', label[0] == 'E' || label[0] == 'S', label.substr(2)};
}

std::string text_of(const std::vector<std::string>& pieces, const Tokenizer& tokenizer) {
  const std::vector<std::string_view> views(pieces.begin(), pieces.end());
  return tokenizer.join(views);
}

std::vector<TaggedSpan> group(const std::vector<Part>& parts, const std::vector<std::string>& labels,
                              const Tokenizer& tokenizer) {
  std::vector<TaggedSpan> spans;
  for (std::size_t begin = 0, end = 0; begin < parts.size(); begin = end) {
    const SpanTag first = parse_tag(labels[parts[begin].label]);
    SpanTag last = first;
    for (end = begin + 1; end < parts.size() && !last.ends; ++end) {
      const SpanTag next = parse_tag(labels[parts[end].label]);
      if (next.begins || next.type != last.type) break;
      last = next;
    }
    double score = 0;
    std::vector<std::string> pieces;
    for (std::size_t i = begin; i < end; ++i) {
      score += parts[i].score / static_cast<double>(end - begin);
      pieces.insert(pieces.end(), parts[i].pieces.begin(), parts[i].pieces.end());
    }
    if (first.type == "O") continue;
    spans.push_back({std::string(first.type), score, parts[begin].index, text_of(pieces, tokenizer), parts[begin].begin,
                     parts[end - 1].end});
  }
  return spans;
}

std::vector<TaggedSpan> each_token(const std::vector<Part>& parts, const std::vector<std::string>& labels) {
  std::vector<TaggedSpan> spans;
  for (const Part& part : parts) {
    if (labels[part.label] == "O") continue;
    spans.push_back({labels[part.label], part.score, part.index, part.pieces.front(), part.begin, part.end});
  }
  return spans;
}

}  // namespace

std::vector<std::vector<TaggedSpan>> tag(const BertForTokenClassification& model, const Tokenizer& tokenizer,
                                         std::span<const std::string> texts, Aggregation aggregation) {
  const BertConfig& config = model.config();
  std::vector<std::string> labels;
  for (Index id = 0; id < config.label_count(); ++id) labels.push_back(config.label(id));
  std::vector<Encoding> encodings;
  std::vector<Sequence> sequences;
  for (const std::string& text : texts) {
    encodings.push_back(tokenizer.encode(text, cut_to(longest_sequence(config, tokenizer))));
    sequences.push_back({encodings.back().ids, encodings.back().type_ids});
  }
  const NoGrad no_grad;
  std::vector<std::vector<TaggedSpan>> answers(texts.size());
  for (const std::vector<Index>& members : batches_by_length(sequences)) {
    Mode mode = model.answer_mode();
    const PackedSequences tokens = pack_members(sequences, members);
    const Tensor probabilities = finite_answer(softmax(model.logits(tokens, mode)).value(), model);
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto b = static_cast<Index>(m), i = members[m];
      const Tensor rows = probabilities.rows(tokens.offsets.begin(b), tokens.offsets.end(b));
      std::vector<Part> parts = parts_of(encodings[i], texts[i], rows, tokenizer);
      const bool whole_words = aggregation != Aggregation::none && aggregation != Aggregation::simple;
      if (whole_words) parts = merge_words(parts, aggregation);
      answers[i] = aggregation == Aggregation::none ? each_token(parts, labels) : group(parts, labels, tokenizer);
    }
  }
  return answers;
}

}  // namespace mini_bert
