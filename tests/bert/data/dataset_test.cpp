#include "mini_bert/bert/data/dataset.h"

#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Ids = std::vector<std::int32_t>;

namespace {

constexpr std::int32_t unk = 1, cls = 2, sep = 3, a = 5, b = 6, c = 7, d = 8, e = 9;

Dataset make(const std::vector<std::string>& texts, Index max_length, Layout layout,
             const Tokenizer& tokenizer = test::tiny_tokenizer()) {
  std::vector<Sample> samples;
  for (const std::string& text : texts) samples.push_back({.text = text});
  return make_dataset(samples, tokenizer, max_length, layout);
}

std::vector<Ids> ids_of(const Dataset& dataset) {
  std::vector<Ids> ids;
  for (const Sequence& sequence : dataset.sequences) {
    CHECK(sequence.type_ids == Ids(sequence.ids.size(), 0));
    ids.push_back(sequence.ids);
  }
  return ids;
}

}  // namespace

TEST_CASE("dataset: each text is [CLS] text [SEP]") {
  const Dataset dataset = make({"a b", "C", "ab d"}, 16, Layout::text_per_sequence);
  CHECK(ids_of(dataset) == std::vector<Ids>{{cls, a, b, sep}, {cls, c, sep}, {cls, a, 22, d, sep}});
  CHECK(dataset.texts == 3);
  CHECK(dataset.tokens == 12);
  CHECK(dataset.truncated == 0);
  CHECK(dataset.unknown == 0);
  CHECK(dataset.unknown_texts.empty());
}

TEST_CASE("dataset: a text that is too long is cut before its [SEP], and counted") {
  const Dataset dataset = make({"a b c d e", "a b c", "a b", "e d c b"}, 5, Layout::text_per_sequence);
  CHECK(ids_of(dataset) ==
        std::vector<Ids>{{cls, a, b, c, sep}, {cls, a, b, c, sep}, {cls, a, b, sep}, {cls, e, d, c, sep}});
  CHECK(dataset.truncated == 2);
  CHECK(dataset.tokens == 19);
}

TEST_CASE("dataset: [UNK] is counted with the text it stands for, as it was written") {
  for (const Layout layout : {Layout::text_per_sequence, Layout::packed}) {
    const Dataset dataset = make({"a Zoë b 龘", "龘 b 龘"}, 12, layout);
    CHECK(dataset.unknown == 4);
    CHECK(dataset.unknown_texts == std::map<std::string, Index>{{"Zoë", 1}, {"龘", 3}});
  }
  CHECK(ids_of(make({"a Zoë b"}, 12, Layout::text_per_sequence)) == std::vector<Ids>{{cls, a, unk, b, sep}});
}

TEST_CASE("dataset: packed texts are joined by [SEP] and cut into blocks of one length") {
  // a b SEP c d e SEP a  |  in blocks of 3
  const Dataset dataset = make({"a b", "c d e", "a"}, 5, Layout::packed);
  CHECK(ids_of(dataset) == std::vector<Ids>{{cls, a, b, sep, sep}, {cls, c, d, e, sep}});
  CHECK(dataset.texts == 3);
  CHECK(dataset.tokens == 10);
  CHECK(dataset.truncated == 0);
}

TEST_CASE("dataset: a tokenizer that adds no special tokens gets none, packed or not") {
  TokenizerOptions options;
  options.adds_special_tokens = false;
  const Tokenizer bare(test::tiny_tokenizer().vocabulary(), options);
  CHECK(ids_of(make({"a b", "c d e a"}, 3, Layout::text_per_sequence, bare)) == std::vector<Ids>{{a, b}, {c, d, e}});
  CHECK(ids_of(make({"a b", "c d e", "a b"}, 3, Layout::packed, bare)) == std::vector<Ids>{{a, b, c}, {d, e, a}});
  CHECK(ids_of(make({"a b"}, 3, Layout::packed, bare)) == std::vector<Ids>{{a, b}});
  // A rule of a token stays with it.
  const std::vector<Sample> samples = {{.text = "a b c d", .mask = {{2, 3}}}};
  const Dataset dataset = make_dataset(samples, bare, 4, Layout::packed);
  using enum MaskRule;
  CHECK(dataset.sequences[0].mask_rules == std::vector<MaskRule>{never, always, never, never});
}

TEST_CASE("dataset: packed keeps a last block that is full, and a short one only when it is all there is") {
  CHECK(ids_of(make({"a b c d e a"}, 5, Layout::packed)) == std::vector<Ids>{{cls, a, b, c, sep}, {cls, d, e, a, sep}});
  CHECK(ids_of(make({"a b c d"}, 5, Layout::packed)) == std::vector<Ids>{{cls, a, b, c, sep}});
  CHECK(ids_of(make({"a b"}, 5, Layout::packed)) == std::vector<Ids>{{cls, a, b, sep}});
  CHECK(ids_of(make({"a", "b c d e a b c d e"}, 8, Layout::packed)).size() == 1);
}

TEST_CASE("dataset: no texts make no sequences") {
  for (const Layout layout : {Layout::text_per_sequence, Layout::packed}) {
    const Dataset dataset = make({}, 8, layout);
    CHECK(dataset.sequences.empty());
    CHECK(dataset.texts == 0);
  }
}

TEST_CASE("dataset: max_length must leave room for a token") {
  CHECK_THROWS_AS(make({"a"}, 2, Layout::packed), Error);
  CHECK_THROWS_WITH(make({"a"}, 2, Layout::text_per_sequence), ContainsSubstring("got 2"));
  CHECK(ids_of(make({"a b"}, 3, Layout::text_per_sequence)) == std::vector<Ids>{{cls, a, sep}});
  CHECK(ids_of(make({"a b"}, 3, Layout::packed)) == std::vector<Ids>{{cls, a, sep}, {cls, b, sep}});
}
