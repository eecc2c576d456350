#include "mini_bert/bert/data/label_lists.h"

#include "mini_bert/bert/data/labelled_texts.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
using Names = std::vector<std::string>;

namespace {

Names in_cell(const std::string& text) {
  return read_label_list({"labels", text, true}, "a.csv: line 2");
}

Names in_json(const std::string& value) {
  return read_label_list({"labels", value, false}, "a.jsonl: line 2");
}

}  // namespace

TEST_CASE("label lists: every way to write a list", "[labelled]") {
  for (const char* cell : {"a,b", "a, b", " a , b ", "['a', 'b']", "[\"a\",\"b\"]", "[\"a\", \"b\"]", "[a, b]",
                           "['a' 'b']", "[a b]", "['a',\n 'b']"}) {
    CAPTURE(cell);
    CHECK(in_cell(cell) == Names{"a", "b"});
  }
  CHECK(in_cell("") == Names{});
  CHECK(in_cell("[]") == Names{});
  CHECK(in_cell("好") == Names{"好"});
  CHECK(in_cell("['it\\'s', \"b's, c\"]") == Names{"it's", "b's, c"});
  CHECK(in_cell("[0 1 1]") == Names{"0", "1", "1"});
  CHECK(in_cell("[0. 1.]") == Names{"0.", "1."});
  CHECK(in_json("[\"a\",\" b \"]") == Names{"a", "b"});
  CHECK(in_json("null") == Names{});
  CHECK(in_json("3") == Names{"3"});
  CHECK(in_cell("好，快, 近") == Names{"好", "快", "近"});
  CHECK(in_json(R"({"好": 1, "差": 0, "快": true, "慢": false, "远": 1.0})") == Names{"好", "快", "远"});
  CHECK(in_cell(R"({"好": 1})") == Names{"好"});
  CHECK_THROWS_WITH(in_json(R"({"好": 0.5})"), ContainsSubstring("a.jsonl: line 2: the labels are an object with 0.5"));
  CHECK(in_json("[true, false]") == Names{"1", "0"});
  CHECK(in_cell("[True, False]") == Names{"1", "0"});
  CHECK(in_cell("[ True False]") == Names{"1", "0"});
  CHECK(in_cell("[True, a]") == Names{"True", "a"});
  CHECK(in_json("[true, \"a\"]") == Names{"true", "a"});
  CHECK_THROWS_WITH(in_json("[[1]]"), ContainsSubstring("a.jsonl: line 2: a label is [1]"));
  CHECK(in_cell("['a") == Names{"['a"});  // no list: a label that begins with a bracket
  CHECK_THROWS_WITH(in_cell("['a]"), ContainsSubstring("never closed"));
}

TEST_CASE("label lists: a vector of zeros and ones has an entry for each label", "[labelled]") {
  const TemporaryFolder folder;
  const auto path = folder.put(
      "a.jsonl", "{\"text\":\"我们好\",\"labels\":[0, 1, 1]}\n{\"text\":\"好\",\"labels\":[0.0, 0.0, 1.0]}\n");
  const LabelledFile file = read_labelled_texts(path, {.several = true});
  CHECK(file.has_vectors);
  CHECK(file.labels == Names{"LABEL_0", "LABEL_1", "LABEL_2"});
  CHECK(file.texts[0].labels == Names{"LABEL_1", "LABEL_2"});
  CHECK(file.texts[1].labels == Names{"LABEL_2"});
  CHECK(read_labelled_texts(path, {.several = true, .known_labels = {"x", "y", "z"}}).texts[0].labels ==
        Names{"y", "z"});
  // The validation file has the same vectors, also if its only one could be two labels.
  const auto other = folder.put("b.jsonl", "{\"text\":\"天\",\"labels\":[1, 0, 0]}\n");
  CHECK(read_labelled_texts(other, {.several = true}, &file).texts[0].labels == Names{"LABEL_0"});
  CHECK_THROWS_WITH(
      read_labelled_texts(folder.put("c.jsonl", "{\"text\":\"天\",\"labels\":[1, 0]}\n"), {.several = true}, &file),
      ContainsSubstring("c.jsonl: line 1: 2 labels, expected a vector of 3 zeros and ones"));
  // Lists of different lengths are lists of labels.
  const auto lists = folder.put("d.jsonl", "{\"text\":\"天\",\"labels\":[0, 1]}\n{\"text\":\"地\",\"labels\":[1]}\n");
  CHECK(read_labelled_texts(lists, {.several = true}).labels == Names{"0", "1"});
  CHECK(read_labelled_texts(folder.put("e.csv", "text,labels\n天,[0 1 1]\n地,\"[1, 0, 0]\"\n"), {.several = true})
            .texts[1]
            .labels == Names{"LABEL_0"});
}
