#include "mini_bert/bert/data/data_check.h"

#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/data/tagged_texts.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

// Texts on lines 1, 2, 3 …
Dataset texts(const std::vector<std::string>& lines, Index max_length = 16) {
  std::vector<Sample> samples;
  for (const std::string& line : lines) samples.push_back({line, samples.size() + 1});
  return make_dataset(samples, test::tiny_tokenizer(), max_length, Layout::text_per_sequence);
}

Dataset of_lengths(const std::vector<Index>& lengths) {
  Dataset data;
  for (const Index length : lengths) data.sequences.push_back(test::random_sequence(length, 1));
  return data;
}

std::vector<Index> counts(const Lengths& lengths) {
  std::vector<Index> result;
  for (const LengthBin& bin : lengths.histogram) result.push_back(bin.count);
  return result;
}

}  // namespace

TEST_CASE("data check: lengths", "[data_check]") {
  const Lengths ten = check_data(of_lengths({3, 4, 5, 6, 7, 8, 9, 10, 9, 3})).lengths;
  CHECK(ten.shortest == 3);
  CHECK(ten.median == 6);
  CHECK(ten.nine_in_ten == 9);
  CHECK(ten.longest == 10);
  CHECK(counts(ten) == std::vector<Index>{0, 0, 2, 1, 1, 1, 1, 1, 2, 1});
  const Lengths wide = check_data(of_lengths({3, 20, 21, 40, 41, 128})).lengths;
  CHECK(wide.median == 21);
  CHECK(wide.nine_in_ten == 128);
  REQUIRE(wide.histogram.size() == 7);
  CHECK(wide.histogram[1].from == 21);
  CHECK(wide.histogram[1].to == 40);
  CHECK(counts(wide) == std::vector<Index>{2, 2, 1, 0, 0, 0, 1});
  const Lengths one = check_data(of_lengths({7})).lengths;
  CHECK(std::vector{one.shortest, one.median, one.nine_in_ten, one.longest} == std::vector<Index>{7, 7, 7, 7});
  CHECK(check_data(Dataset()).lengths.histogram.empty());
}

TEST_CASE("data check: what was cut, and how long it was", "[data_check]") {
  const Dataset data = texts({"a b c d e f g h", "a"}, 6);
  CHECK(data.truncated == 1);
  CHECK(data.longest == 10);
  CHECK(check_data(data).lengths.longest == 6);
  Dataset pair;
  add_text("a b c", "d e f", test::tiny_tokenizer(), 7, pair, 1);
  CHECK(pair.longest == 9);
  CHECK(pair.sequences[0].ids.size() == 7);
}

TEST_CASE("data check: unknown pieces of text, the most frequent first, with the line of the first", "[data_check]") {
  const DataCheck check = check_data(texts({"a b", "龘 a 犇", "龘龘 靐"}));
  REQUIRE(check.unknown.size() == 3);
  CHECK(check.unknown[0].text == "龘");
  CHECK(check.unknown[0].count == 3);
  CHECK(check.unknown[0].line == 2);
  for (const UnknownText& other : {check.unknown[1], check.unknown[2]}) {
    CHECK(other.count == 1);
    CHECK(other.line == (other.text == "犇" ? 2 : 3));
  }
  BertConfig config = test::tiny_config();
  config.labels = {"O"};
  const std::vector<TaggedText> tagged = {{{"a"}, {"O"}, 1}, {{"b", "龘"}, {"O", "O"}, 3}};
  const TaggingSet set = make_tagging_set(tagged, test::tiny_tokenizer(), config, 16, "test");
  CHECK(check_data(set.data).unknown.at(0).line == 3);
}

TEST_CASE("data check: texts that repeat another, or stand in both files", "[data_check]") {
  const Dataset training = texts({"a b", "c", "a  b", "d", "A b"});
  const std::vector<Repeat> repeats = check_data(training).repeats;
  REQUIRE(repeats.size() == 2);
  CHECK(repeats[0].line == 3);
  CHECK(repeats[0].first_line == 1);
  CHECK(repeats[1].line == 5);
  CHECK(repeats[1].first_line == 1);
  const std::vector<Repeat> both = texts_in_both(training, texts({"e", "d", "a b"}));
  REQUIRE(both.size() == 2);
  CHECK(both[0].line == 2);
  CHECK(both[0].first_line == 4);
  CHECK(both[1].first_line == 1);
  CHECK(texts_in_both(training, texts({"e", "e"})).empty());
  // A pair is not the text that has the same tokens.
  Dataset pair, text;
  add_text("a", "b", test::tiny_tokenizer(), 16, pair, 1);
  add_text("a [SEP] b", {}, test::tiny_tokenizer(), 16, text, 1);
  CHECK(pair.sequences[0].ids == text.sequences[0].ids);
  CHECK(texts_in_both(pair, text).empty());
}

TEST_CASE("data check: windows have the number of their question", "[data_check]") {
  const AnsweringSet set = make_answering_set({{"1", "a", "b c", {}}, {"2", "a", "d e f g h i j k l m n o", {}}},
                                              test::tiny_tokenizer(), {10, 2});
  CHECK(set.data.lines.front() == 1);
  CHECK(set.data.lines.back() == 2);
  CHECK(set.data.lines.size() == set.data.sequences.size());
}
