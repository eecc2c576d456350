#include "mini_bert/bert/data/labelled_texts.h"

#include "mini_bert/files/atomic_file.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using Names = std::vector<std::string>;

namespace {

std::vector<LabelledText> read(const std::string& name, const std::string& content, LabelOptions options = {},
                               bool several = false) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder / name, content);
  options.several = several;
  return read_labelled_texts(folder / name, options).texts;
}

Names labels_of(const std::vector<LabelledText>& texts) {
  Names labels;
  for (const LabelledText& text : texts) {
    std::string joined;
    for (const std::string& label : text.labels) joined += (joined.empty() ? "" : "+") + label;
    labels.push_back(joined);
  }
  return labels;
}

BertConfig config_with(const Names& labels, ProblemType problem) {
  BertConfig config = test::tiny_config();
  config.labels = labels;
  config.problem_type = std::string(name_of(problem));
  return config;
}

}  // namespace

TEST_CASE("labelled texts: every format, the columns found or named", "[labelled]") {
  const auto csv = read("a.csv", "label,review\n1,很好\n0,\"差,\n很差\"\n");
  REQUIRE(csv.size() == 2);
  CHECK(csv[1].text == "差,\n很差");
  CHECK(csv[1].line == 3);
  CHECK(labels_of(csv) == Names{"1", "0"});

  CHECK(labels_of(read("a.json", R"([{"text": "a", "label": 3}, {"text": "b", "label": true}])")) ==
        Names{"3", "true"});
  const auto pairs = read("a.jsonl", "{\"p\": \"a\", \"h\": \"b\", \"gold\": \"yes\"}\n", {"p", "h", "gold"});
  CHECK(pairs[0].text == "a");
  CHECK(pairs[0].pair == "b");
  CHECK(labels_of(pairs) == Names{"yes"});
  CHECK(read("a.tsv", "id\ttext\tlabel\nx\t一\t1\n")[0].text == "一");

  const auto lines = read("a.txt", "一 二\tshort\n\n三\tfour\tlong\n");
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].text == "三\tfour");
  CHECK(labels_of(lines) == Names{"short", "long"});
}

TEST_CASE("labelled texts: several labels for a text", "[labelled]") {
  CHECK(labels_of(read("a.jsonl", "{\"text\": \"a\", \"labels\": [\"x\", \"y\"]}\n{\"text\": \"b\", \"labels\": []}\n",
                       {}, true)) == Names{"x+y", ""});
  CHECK(labels_of(read("a.csv", "text,label\na,\"x,y\"\nb,\nc,z\n", {}, true)) == Names{"x+y", "", "z"});
}

TEST_CASE("labelled texts: what is missing is an Error that names file and line", "[labelled]") {
  CHECK_THROWS_WITH(
      read("a.csv", "text,mark\na,1\n"),
      ContainsSubstring("a.csv: line 2: no column \"label\" or \"labels\"") && ContainsSubstring("`label_column`"));
  CHECK_THROWS_WITH(read("a.csv", "text,label\na,1\n", {.text = "body"}),
                    ContainsSubstring("no column \"body\" (columns: text, label)"));
  CHECK_THROWS_WITH(read("a.csv", "text,label\na,1\nb,\n"),
                    ContainsSubstring("line 3: the label, column \"label\", is empty"));
  CHECK_THROWS_WITH(read("a.json", R"([{"text": "a", "label": null}])"), ContainsSubstring("is null"));
  CHECK_THROWS_WITH(read("a.json", R"([{"text": 3, "label": "x"}])", {.text = "text"}),
                    ContainsSubstring("column \"text\" is 3"));
  CHECK_THROWS_WITH(read("a.txt", "no label here\n"), ContainsSubstring("a.txt: line 1: no tab in it"));
  CHECK_THROWS_WITH(read("a.txt", "\n"), ContainsSubstring("no text in it"));
}

TEST_CASE("labelled texts: a rare label \"-\" says that there is none", "[labelled]") {
  const test::TemporaryFolder folder;
  const auto read_with = [&](int count) {
    std::string rows = "text,label\n";
    for (int i = 0; i < 100; ++i) rows += fmt::format("第{}句,{}\n", i, i < count ? "-" : i % 2 == 0 ? "a" : "b");
    return read_labelled_texts(folder.put("a.csv", rows), {});
  };
  const LabelledFile five = read_with(5);
  CHECK(five.labels == std::vector<std::string>{"a", "b"});
  CHECK(five.texts.size() == 95);
  CHECK(
      five.dropped.facts("a.csv", 95).at(0) ==
      "a.csv: 5 of 100 rows have the label \"-\", which says that annotators disagreed, and are left out (the first in "
      "line 2)");
  CHECK(read_with(6).labels == std::vector<std::string>{"-", "a", "b"});
  // In a validation file any number of them is left out, unless the model knows the label.
  const auto other = folder.put("b.csv", "text,label\n一,-\n二,a\n三,-\n");
  const LabelledFile validation = read_labelled_texts(other, {}, &five);
  CHECK(validation.texts.size() == 1);
  CHECK(validation.dropped.undecided() == 2);
  CHECK(read_labelled_texts(other, {.known_labels = {"-", "a", "b"}}, &five).texts.size() == 3);
}

TEST_CASE("distinct labels: numbers by value, others by code points", "[labelled]") {
  CHECK(distinct_labels(read("a.csv", "text,label\na,10\nb,9\nc,10\n")) == Names{"9", "10"});
  CHECK(distinct_labels(read("a.csv", "text,label\na,b\nb,a\nc,10\n")) == Names{"10", "a", "b"});
}

TEST_CASE("classification set: sequences and targets", "[labelled]") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const auto texts = read("a.csv", "text,pair,label\na b,c,yes\nd,e f g h i j k,no\n", {.pair = "pair"});
  const ClassificationSet set = make_classification_set(
      texts, tokenizer, config_with({"no", "yes"}, ProblemType::single_label_classification), 8, "a.csv");
  REQUIRE(set.data.sequences.size() == 2);
  CHECK(set.data.sequences[0].ids == std::vector<std::int32_t>{2, 5, 6, 3, 7, 3});
  CHECK(set.data.sequences[0].type_ids == std::vector<std::int32_t>{0, 0, 0, 0, 1, 1});
  CHECK(set.data.sequences[1].ids.size() == 8);
  CHECK(set.data.truncated == 1);
  CHECK(set.targets == std::vector<std::vector<double>>{{1}, {0}});

  const auto several = read("a.csv", "text,label\na,\"x,z\"\nb,\n", {}, true);
  CHECK(make_classification_set(several, tokenizer,
                                config_with({"x", "y", "z"}, ProblemType::multi_label_classification), 8, "a.csv")
            .targets == std::vector<std::vector<double>>{{1, 0, 1}, {0, 0, 0}});
  const auto numbers = read("a.csv", "text,label\na,-1.5\nb,3e2\n");
  CHECK(make_classification_set(numbers, tokenizer, config_with({"n"}, ProblemType::regression), 8, "a.csv").targets ==
        std::vector<std::vector<double>>{{-1.5}, {300}});
}

TEST_CASE("classification set: a label the model does not know is an Error", "[labelled]") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const auto texts = read("a.csv", "text,label\na,x\nb,w\n");
  CHECK_THROWS_WITH(
      make_classification_set(texts, tokenizer, config_with({"x", "y"}, ProblemType::single_label_classification), 8,
                              "a.csv"),
      ContainsSubstring("a.csv: line 3: label \"w\" is none of the 2 labels of the model"));
  CHECK_THROWS_WITH(make_classification_set(texts, tokenizer, config_with({"n"}, ProblemType::regression), 8, "a.csv"),
                    ContainsSubstring("a.csv: line 2: label \"x\" is not a number"));
}
