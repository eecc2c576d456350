#include "mini_bert/bert/data/mask_spans.h"

#include <algorithm>

#include "mini_bert/bert/data/sample_reader.h"
#include "tests/bert/data/chinese_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
using enum MaskRule;
using Rules = std::vector<MaskRule>;

namespace {

Dataset dataset_of(const std::vector<Sample>& samples, Index max_length, Layout layout = Layout::text_per_sequence) {
  return make_dataset(samples, chinese_tokenizer(), max_length, layout);
}

}  // namespace

TEST_CASE("mask spans: read from .json and .jsonl, and from nothing else") {
  const TemporaryFolder folder;
  const std::string record = R"({"text": "天😀地人", "mask": [[0, 1], [2, 4]]})";
  for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"a.json",
            "[" + record + ", \"天地\", {\"text\": \"天\", \"mask\": []}, {\"text\": \"地\", \"mask\": null}]"},
           {"a.jsonl", record + "\n\"天地\"\n{\"text\": \"天\"}\n{\"text\": \"地\", \"mask\": null}\n"}}) {
    INFO(name);
    const SampleFile file = read_samples(folder.put(name, bytes), {.text_column = "", .mask_spans = true});
    REQUIRE(file.samples.size() == 4);
    CHECK(file.samples[0].mask == std::vector<TextRange>{{0, 1}, {2, 4}});
    for (std::size_t i = 1; i < 4; ++i) CHECK(file.samples[i].mask.empty());
    CHECK(read_samples(folder / name).samples[0].mask.empty());  // nobody asked
  }
  const SampleFile csv =
      read_samples(folder.put("a.csv", "text,mask\n天地,周\n"), {.text_column = "", .mask_spans = true});
  CHECK(csv.samples.at(0).mask.empty());
}

TEST_CASE("mask spans: what is none is refused with file, line and reason") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[[0, 4]]", "has the span [0, 4], expected 0 <= begin < end <= 3"},
      {"[[-1, 2]]", "span [-1, 2]"},
      {"[[2, 2]]", "span [2, 2], expected 0 <= begin < end"},
      {"[[2, 1]]", "span [2, 1], expected 0 <= begin < end"},
      {"[[0, 18446744073709551615]]", "18446744073709551615, expected a whole number"},
      {"[[0, 1], [1, 2]]", "which holds nothing but white space"},
      {"[0, 1]", "\"mask\": element 1 is 0, expected [begin, end]"},
      {"[[0, 1, 2]]", "element 1 is an array, expected [begin, end]"},
      {"[[0, 1.5]]", "element 1: element 2 is 1.5, expected a whole number"},
      {"\"天\"", "rename the key if it means something else"},
      {"7", "\"mask\" is 7"},
      {"[\"" + std::string(200, 'x') + "\"]", "element 1 is \"" + std::string(80, 'x')},  // no longer than that
      {"{\"begin\": 0}", "expected [[begin, end], …]"},
  };
  for (const auto& [mask, expected] : cases) {
    INFO(mask);
    const auto path = folder.put("a.jsonl", "\"天\"\n{\"mask\": " + mask + ", \"text\": \"天 地\"}\n");
    const std::string message = error_of([&] { read_samples(path, {.text_column = "", .mask_spans = true}); });
    CHECK_THAT(message, ContainsSubstring("a.jsonl: line 2: "));
    CHECK_THAT(message, ContainsSubstring(expected));
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("mask spans: tokens that share a character with a span are always guessed, the others never") {
  // [CLS] 天 a ##b 地 [SEP]
  const Dataset dataset = dataset_of({{"天 ab地", 1, {{3, 5}}}, {"天地", 2, {}}}, 16);
  CHECK(dataset.sequences[0].mask_rules == Rules{never, never, never, always, always, never});
  CHECK(dataset.sequences[1].mask_rules.empty());
  CHECK(dataset.spans == 1);
  CHECK(dataset.lost_spans == 0);
}

TEST_CASE("mask spans: those cut off or unknown to the vocabulary are counted") {
  const Dataset dataset = dataset_of({{"天地日月山水", 1, {{0, 1}, {3, 4}, {4, 5}}}, {"天龘", 2, {{1, 2}}}}, 6);
  CHECK(dataset.sequences[0].mask_rules == Rules{never, always, never, never, always, never});
  CHECK(dataset.spans == 4);
  CHECK(dataset.lost_spans == 2);
}

TEST_CASE("mask spans: they go along when texts are joined and cut into blocks") {
  // 天 地 SEP 日 | 月 SEP 山 水
  const Dataset dataset = dataset_of({{"天地", 1, {}}, {"日月", 2, {{1, 2}}}, {"山水", 3, {}}}, 6, Layout::packed);
  REQUIRE(dataset.sequences.size() == 2);
  CHECK(dataset.sequences[0].mask_rules == Rules{dice, dice, dice, dice, never, dice});
  CHECK(dataset.sequences[1].mask_rules == Rules{dice, always, dice, dice, dice, dice});
  const Dataset without = dataset_of({{"天地", 1, {}}, {"日月", 2, {}}, {"山水", 3, {}}}, 6, Layout::packed);
  for (const Sequence& sequence : without.sequences) CHECK(sequence.mask_rules.empty());
}
