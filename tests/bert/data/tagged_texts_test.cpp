#include "mini_bert/bert/data/tagged_texts.h"

#include <fmt/ranges.h>

#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/files/atomic_file.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using Names = std::vector<std::string>;

namespace tagged_texts_test {

std::vector<TaggedText> read(const std::string& name, const std::string& content, const TagColumns& columns = {}) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder / name, content);
  return read_tagged_texts(folder / name, columns).texts;
}

TEST_CASE("tagged texts: a word a line, whatever the file is called", "[tagged]") {
  for (const char* name : {"a.txt", "a.bio", "a.train"}) {
    const auto texts = read(name, "-DOCSTART- O\n\nEU NNP I-NP B-ORG\r\nrejects VBZ I-VP O\n\n\n好\tO\n");
    REQUIRE(texts.size() == 2);
    CHECK(texts[0].words == Names{"EU", "rejects"});
    CHECK(texts[0].tags == Names{"B-ORG", "O"});
    CHECK(texts[0].line == 3);
    CHECK(texts[1].words == Names{"好"});
  }
}

TEST_CASE("tagged texts: a number behind every character is its place in a word", "[tagged]") {
  CHECK(read("a.train", "科0\tO\n技1\tO\n1 0\tO\n")[0].words == Names{"科0", "技1", "1"});
  const auto texts = read("a.train", "科0\tB-X\n技1\tI-X\n\n80\tO\n");
  CHECK(texts[0].words == Names{"科", "技"});
  CHECK(texts[1].words == Names{"8"});
  // Letters of a long English word have places above 9; a digit may itself be the character.
  CHECK(read("a.train", "e9\tO\nt10\tO\n310\tO\n011\tO\n00\tO\n")[0].words == Names{"e", "t", "3", "0", "0"});
  CHECK(read("a.train", "e9\tO\n100\tO\n")[0].words == Names{"e9", "100"});
  // Halves of an emoji that became U+FFFD are one character too.
  CHECK(read("a.train", "科0\tO\n\uFFFD\uFFFD0\tO\n\uFFFD1\tO\n")[0].words == Names{"科", "\uFFFD\uFFFD", "\uFFFD"});
  CHECK(read("a.train", "科0\tO\n科技0\tO\n")[0].words == Names{"科0", "科技0"});
}

TEST_CASE("tagged texts: JSON with arrays", "[tagged]") {
  const auto texts = read("a.jsonl", R"({"tokens": ["诸", "葛"], "ner_tags": ["B-PER", "I-PER"]})"
                                     "\n");
  CHECK(texts[0].words == Names{"诸", "葛"});
  CHECK(texts[0].tags == Names{"B-PER", "I-PER"});
  CHECK(read("a.json", R"([{"w": ["a"], "t": [3]}])", {"w", "t"})[0].tags == Names{"3"});
  for (const char* const text : {"小明", "小 明"}) {
    for (const char* const tags : {"\"B I\"", "[\"B\", \"I\"]"}) {
      const auto read_texts = read("a.json", fmt::format(R"([{{"text": "{}", "labels": {}}}])", text, tags));
      CHECK(read_texts[0].words == Names{"小", "明"});
      CHECK(read_texts[0].tags == Names{"B", "I"});
    }
  }
}

TEST_CASE("tagged texts: a word without a tag is an Error that names file and line", "[tagged]") {
  CHECK_THROWS_WITH(read("a.bio", "EU B-ORG\nrejects\n"),
                    ContainsSubstring("a.bio: line 2: \"rejects\", expected a word, white space and its tag"));
  CHECK_THROWS_WITH(read("a.bio", "EU \n"), ContainsSubstring("line 1"));
  CHECK_THROWS_WITH(read("a.bio", " B-ORG\n"), ContainsSubstring("line 1"));
  CHECK_THROWS_WITH(read("a.bio", "\n\n"), ContainsSubstring("no text in it"));
  CHECK_THROWS_WITH(read("a.jsonl", "{\"tokens\": [\"a\", \"b\"], \"tags\": [\"O\"]}\n"),
                    ContainsSubstring("2 words but 1 tags"));
  CHECK_THROWS_WITH(read("a.jsonl", "{\"tokens\": \"a b\", \"tags\": [\"O\"]}\n"),
                    ContainsSubstring("2 words but 1 tags"));
  CHECK_THROWS_WITH(read("a.jsonl", "{\"tokens\": 3, \"tags\": [\"O\"]}\n"),
                    ContainsSubstring("column \"tokens\" is not an array"));
  CHECK_THROWS_WITH(read("a.jsonl", "{\"text\": \"很好\", \"label\": \"正面\"}\n"),
                    ContainsSubstring("line 1: column \"label\" is \"正面\", expected a tag for each word"));
  CHECK_THROWS_WITH(read("a.jsonl", "{\"pieces\": [\"a\"], \"tags\": [\"O\"]}\n"),
                    ContainsSubstring("no column \"tokens\" (columns: pieces, tags)"));
}

TEST_CASE("tagging set: the first token of a word carries its tag", "[tagged]") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  BertConfig config = test::tiny_config();
  config.labels = {"O", "B", "I"};
  const auto texts = read("a.bio", "a B\nba I\n龘 O\n\nc O\nd O\ne O\nf O\ng O\nh I\n");
  const TaggingSet set = make_tagging_set(texts, tokenizer, config, 7, "a.bio");
  REQUIRE(set.data.sequences.size() == 2);
  // [CLS] a b ##a [UNK] [SEP]
  CHECK(set.data.sequences[0].ids == std::vector<std::int32_t>{2, 5, 6, 21, 1, 3});
  CHECK(set.labels[0] == std::vector<std::int32_t>{ignore_index, 1, 2, ignore_index, 0, ignore_index});
  CHECK(set.data.unknown_texts.at("龘") == 1);
  CHECK(set.data.sequences[1].ids == std::vector<std::int32_t>{2, 7, 8, 9, 10, 11, 3});
  CHECK(set.labels[1] == std::vector<std::int32_t>{ignore_index, 0, 0, 0, 0, 0, ignore_index});
  CHECK(set.data.truncated == 1);
  config.labels = {"O", "B"};
  CHECK_THROWS_WITH(make_tagging_set(texts, tokenizer, config, 7, "a.bio"),
                    ContainsSubstring("a.bio: text at line 1: tag \"I\" is none of the 2 labels"));
}

TEST_CASE("tagged texts: comments, blanks and words that are blanks", "[tagged]") {
  const auto multi =
      read("a.conll", "# id 7c1e domain=train\n李 _ _ B-PER\n白 _ _ I-PER\n好 _ _ O\n\n# id 8 domain=train\n# _ _ O\n");
  REQUIRE(multi.size() == 2);
  CHECK(multi[0].words == Names{"李", "白", "好"});
  CHECK(multi[0].line == 2);
  CHECK(multi[1].words == Names{"#"});
  CHECK(read("a.bio", "我 O \n们 O\t\n")[0].tags == Names{"O", "O"});
  const auto blank = read("a.bio", "我 O\n  O\n\tO\n \tO\n们 B-X\n");
  REQUIRE(blank.size() == 1);
  CHECK(blank[0].words == Names{"我", " ", "\t", " ", "们"});
  CHECK(blank[0].tags == Names{"O", "O", "O", "O", "B-X"});
}

TEST_CASE("tagged texts: CoNLL-U", "[tagged]") {
  const auto texts = read("a.conllu",
                          "# sent_id = 1\n# text = 我们 好\n1-2\t我们\t_\t_\t_\t_\t_\t_\t_\t_\n"
                          "1\t我\t我\tPRON\t_\t_\t0\troot\t_\t_\n2\t们\t们\tPART\t_\t_\t1\tx\t_\tSpaceAfter=No\n"
                          "2.1\t空\t_\tX\t_\t_\t_\t_\t_\t_\n\n# text = 好\n1\t好\t好\tADJ\t_\t_\t0\troot\t_\t_\n");
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].words == Names{"我", "们"});
  CHECK(texts[0].tags == Names{"PRON", "PART"});
  CHECK_THROWS_WITH(read("a.conllu", "1\t\t_\tNOUN\t_\t_\t_\t_\t_\t_\n2\t明\t_\tX\t_\t_\t_\t_\t_\t_\n"),
                    ContainsSubstring("line 1: \"1\\x09\\x09_") && ContainsSubstring("expected a word in the second"));
}

TEST_CASE("tagged texts: a word may be empty", "[tagged]") {
  const auto texts = read("a.jsonl", "{\"tokens\": [\"\", \"明\"], \"tags\": [\"O\", \"O\"]}\n");
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].words == Names{"", "明"});
}

TEST_CASE("tagged texts: word/TAG", "[tagged]") {
  const auto texts = read("a.txt", "北/B-LOC 京/I-LOC\n1/2/O 好/O \n");
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].words == Names{"北", "京"});
  CHECK(texts[0].tags == Names{"B-LOC", "I-LOC"});
  CHECK(texts[1].words == Names{"1/2", "好"});
  CHECK(read("a.txt", "北/B-LOC\n京/I-LOC\n\n好/O\n").size() == 2);
  CHECK_THROWS_WITH(read("a.txt", "我 O\n北 B-LOC\n京 I-LOC\n\n北/B-LOC 京/I-LOC\n"),
                    ContainsSubstring("line 5: \"北/B-LOC 京/I-LOC\", expected a word, white space and its tag"));
}

TEST_CASE("tagged texts: a text with its tags on a line", "[tagged]") {
  const std::string expected = "小 明 笑";
  for (const std::string first : {"小 明 笑", "小明笑", "小\x02明\x02笑"}) {
    for (const std::string header : {"", "text_a\tlabel\n"}) {
      CAPTURE(first, header);
      const std::string space = first.find('\x02') == std::string::npos ? " " : "\x02";
      const auto texts = read("a.tsv", header + first + "\tB-PER" + space + "I-PER" + space + "O\n\n好\tO\n" + first +
                                           "\tO" + space + "O" + space + "O\n");
      REQUIRE(texts.size() == 3);
      CHECK(texts[0].words == Names{"小", "明", "笑"});
      CHECK(texts[0].tags == Names{"B-PER", "I-PER", "O"});
      CHECK(texts[1].words == Names{"好"});
      CHECK(texts[2].line == (header.empty() ? 4u : 5u));
    }
  }
  std::string many;
  for (int i = 0; i < 100; ++i) many += i == 5 ? "小 明\tO\n" : "小 明\tB-X I-X\n";
  const test::TemporaryFolder folder;
  const TaggedFile file = read_tagged_texts(folder.put("b.txt", many), {});
  CHECK(file.texts.size() == 99);
  CHECK_THAT(file.dropped.facts("b.txt", 99).at(0), ContainsSubstring("line 6: 2 words but 1 tags"));
}

TEST_CASE("tagged texts: a first line of names is no row", "[tagged]") {
  for (const char* const header : {"word\ttag\n", "token label\n\n", "\nText\tner_tags\n", "字\t标签\n"}) {
    CAPTURE(header);
    const auto texts = read("a.tsv", header + std::string("小\tB-PER\n明\tI-PER\n"));
    REQUIRE(texts.size() == 1);
    CHECK(texts[0].words == Names{"小", "明"});
  }
  CHECK(read("a.tsv", "text\tlabel\nx\tlabel\n")[0].words == Names{"text", "x"});  // the tag occurs elsewhere
}

TEST_CASE("tagged texts: lines of another form are refused and not read as words", "[tagged]") {
  std::string lines;
  for (int i = 1; i < 20; ++i) {
    for (int word = 0; word < i; ++word) lines += "x/A ";
    lines += "y z\n";
  }
  CHECK_THROWS_WITH(read("a.txt", lines), ContainsSubstring("a.txt: its lines have 3 to 21 columns, expected a word"));
  CHECK_THROWS_WITH(read("a.txt", "小明/nr去/v北京/ns\n老王/nr来/v\n"), ContainsSubstring("put blanks between them"));
  CHECK_THROWS_WITH(read("a.txt", "B-PER 小\nI-PER 明\nO 去\n"), ContainsSubstring("tags stand in the first column"));
  CHECK(read("a.txt", "O O\nB-X B-X\n")[0].words == Names{"O", "B-X"});
  CHECK_THROWS_WITH(read("a.csv", "word,tag\n小,B-PER\n"),
                    ContainsSubstring("of a table with commas, make .jsonl lines"));
}

TEST_CASE("words to be tagged: files of words, with their tags or without", "[tagged]") {
  const test::TemporaryFolder folder;
  const auto words = [&](const char* name, const std::string& bytes, const std::string& column = "") {
    std::vector<std::string> found;
    const auto texts = read_words(folder.put(name, bytes), column, {"LOC", "nr"});
    if (!texts) return Names{"texts"};
    for (const TaggedText& text : *texts) {
      found.push_back(text.problem.empty() ? fmt::format("{} {}", text.line, fmt::join(text.words, "|")) : "bad");
    }
    return found;
  };
  CHECK(words("a.txt", "小 B-PER\n明 I-PER\n\n去 O\n") == Names{"1 小|明", "4 去"});
  CHECK(words("a.conll", "word\ttag\n小\tLOC\n明\tnr\n") == Names{"2 小|明"});
  CHECK(words("a.txt", "小 明\tB-X I-X\n去 了\tO O\n") == Names{"1 小|明", "2 去|了"});
  std::string broken;
  for (int i = 0; i < 30; ++i) broken += i == 1 ? "小\n\n" : "去 O\n\n";
  CHECK(words("a.txt", broken).size() == 30);
  CHECK(words("a.txt", broken)[1] == "bad");
  CHECK(words("a.txt", "hello world\n我 去\n") == Names{"texts"});
  CHECK(words("a.txt", "我们 好\t他们 好\n我们 去\t他们 来\n") == Names{"texts"});
  CHECK(words("a.csv", "text\n小 O\n") == Names{"texts"});
  CHECK(words("a.jsonl", "{\"tokens\":[\"小\",\"明\"],\"id\":7}\n{\"tokens\":5}\n") == Names{"1 小|明", "bad"});
  CHECK(read_words(folder / "a.jsonl", "", {})->at(0).id == "7");
  CHECK(words("a.conllu", "1\t小\t_\tNOUN\t_\t_\t_\t_\t_\t_\n2\t明\t_\tX\t_\t_\t_\t_\t_\t_\n") == Names{"1 小|明"});
  CHECK(words("a.jsonl", "{\"text\":\"小明\",\"tokens\":[\"小\",\"明\"]}\n") == Names{"texts"});
  CHECK(words("a.jsonl", "{\"text\":\"小明\",\"w\":[\"小\",\"明\"]}\n", "w") == Names{"1 小|明"});
  CHECK(words("a.jsonl", "{\"text\":\"小明\",\"w\":[\"小\",\"明\"]}\n", "text") == Names{"texts"});
}

TEST_CASE("tagged texts: a text and its spans", "[tagged]") {
  const auto texts = read("a.jsonl",
                          "{\"text\": \"我在北京 Tom's\", \"label\": [[2, 4, \"LOC\"], [5, 8, \"PER\"]]}\n"
                          "{\"text\": \"好\", \"label\": []}\n"
                          "{\"text\": \"李白\", \"label\": [[0, 1, \"X\"], [1, 2, \"X\"]]}\n");
  REQUIRE(texts.size() == 3);
  CHECK(texts[0].words == Names{"我", "在", "北", "京", "Tom", "'", "s"});
  CHECK(texts[0].tags == Names{"O", "O", "B-LOC", "I-LOC", "B-PER", "O", "O"});
  CHECK(texts[1].tags == Names{"O"});
  CHECK(texts[2].tags == Names{"B-X", "B-X"});
  CHECK(read("b.jsonl", R"({"text": "李白", "entities": [{"start_offset": 0, "end_offset": 2, "label": "P"}]})")[0]
            .tags == Names{"B-P", "I-P"});
  CHECK(read("c.json", R"([{"t": "李白", "s": [{"start": 0, "end": 2, "labels": ["P"]}]}])", {"t", "s"})[0].tags ==
        Names{"B-P", "I-P"});
  CHECK_THROWS_WITH(read("d.jsonl", R"({"text": "李白", "label": [[0, 3, "P"]]})"),
                    ContainsSubstring("d.jsonl: line 1: the span [0, 3, \"P\"] is not in the text, which has 2"));
}

TEST_CASE("tagged texts: spans as CLUENER, Label Studio and Prodigy write them", "[tagged]") {
  const std::string cluener = R"({"text": "浙商银行叶老桂和叶老桂", "label": {"name": {"叶老桂": [[4, 6], [8, 10]]}, )"
                              R"("company": {"浙商银行": [[0, 3]]}}})";
  CHECK(read("a.json", cluener + "\n")[0].tags == Names{"B-company", "I-company", "I-company", "I-company", "B-name",
                                                        "I-name", "I-name", "O", "B-name", "I-name", "I-name"});
  CHECK_THROWS_WITH(read("a.json", R"({"text": "叶老桂", "label": {"name": {"叶老桂": [[0, 1]]}}})"),
                    ContainsSubstring("a.json: line 1: column \"label\": name: 叶老桂") &&
                        ContainsSubstring("expected the place of \"叶老桂\""));
  CHECK_THROWS_WITH(read("a.json", R"({"text": "叶老", "label": {"name": {"老桂": [[1, 2]]}}})"),
                    ContainsSubstring("expected the place of \"老桂\""));

  const std::string whole =
      R"({"id": 1, "data": {"text": "李白是诗人"}, "annotations": [{"result": [{"type": "choices", "value": {"choices": )"
      R"(["x"]}}, {"type": "labels", "value": {"start": 0, "end": 2, "text": "李白", "labels": ["PER"]}}]}]})";
  const auto studio = read("b.json", "[" + whole + "]");
  CHECK(studio[0].words == Names{"李", "白", "是", "诗", "人"});
  CHECK(studio[0].tags == Names{"B-PER", "I-PER", "O", "O", "O"});
  CHECK_THROWS_WITH(read("b.json", R"([{"data": {"text": "李白"}, "annotations": []}])"),
                    ContainsSubstring("b.json: line 1: the text has no annotation"));

  const auto prodigy =
      read("c.jsonl", R"({"text": "是", "tokens": [{"text": "是", "id": 0}], "spans": []})"
                      "\n"
                      R"({"text": "李白是", "tokens": [{"text": "李白是", "id": 0}], "spans": [{"start": 0, "end": )"
                      R"(2, "label": "PER", "token_start": 0}]})"
                      "\n");
  REQUIRE(prodigy.size() == 2);
  CHECK(prodigy[1].tags == Names{"B-PER", "I-PER", "O"});
  CHECK_THROWS_WITH(read("d.jsonl", R"({"tokens": [{"text": "是"}], "tags": ["O"]})"),
                    ContainsSubstring("column \"tokens\" holds \"{"));
}

TEST_CASE("tagged texts: the words of a span decide where it ends", "[tagged]") {
  const auto tags = [](const std::string& span) {
    return read("a.json", R"([{"text": "小明 去北京", "entities": [)" + span + "]}]")[0].tags;
  };
  const Names both = {"B-P", "I-P", "O", "O", "O"}, one = {"B-P", "O", "O", "O", "O"};
  CHECK(tags(R"({"start_idx": 0, "end_idx": 1, "type": "P", "entity": "小明"})") == both);
  CHECK(tags(R"({"start": 0, "end": 2, "label": "P", "text": "小明"})") == both);
  CHECK(tags(R"({"start": 0, "end": 3, "label": "P", "text": "小明"})") == both);
  CHECK(tags(R"({"start": 0, "end": 1, "label": "P"})") == one);
  CHECK(tags(R"({"start": 0, "end": 1, "entity": "P"})") == one);
  CHECK(tags(R"({"start": 4, "end": 5, "label": "P", "mention": "北京"})") == Names{"O", "O", "O", "B-P", "I-P"});
  CHECK_THROWS_WITH(tags(R"({"start": 2, "end": 4, "label": "P", "text": "小明"})"),
                    ContainsSubstring("text is \"小明\", expected what the text has from 2 to 4"));
}

TEST_CASE("tagged texts: the columns are decided once, and told", "[tagged]") {
  const test::TemporaryFolder folder;
  const auto read_file = [&](const char* name, const std::string& bytes, const TaggedFile* training = nullptr,
                             const Names& known = {}) {
    return read_tagged_texts(folder.put(name, bytes), {}, training, known);
  };
  const TaggedFile training = read_file("a.jsonl", "{\"words\":[\"a\",\"b\"],\"ner\":[\"O\",\"B-X\"],\"pos\":[1,2]}\n");
  CHECK(training.columns == TextColumns{.text = "words", .label = "ner"});
  CHECK(training.labels == Names{"B-X", "O"});
  const std::string both = R"({"tokens":["c"],"tags":["O"],"words":["d"],"ner":["B-X"]})";
  CHECK(read_file("b.jsonl", both).texts[0].words == Names{"c"});
  CHECK(read_file("b.jsonl", both, &training).texts[0].words == Names{"d"});
  CHECK(read_file("b.jsonl", both, &training).texts[0].tags == Names{"B-X"});
  CHECK_THROWS_WITH(read_file("c.jsonl", R"({"tokens":["c"],"tags":["O"]})", &training),
                    ContainsSubstring("no column \"ner\" (columns: tokens, tags)"));

  CHECK(read_file("a.conll", "EU NNP B-NP B-ORG\n").columns == TextColumns{.text = "1", .label = "4"});
  CHECK(read_file("a.conllu", "1\tEU\t_\tNOUN\t_\t_\t_\t_\t_\t_\n").columns == TextColumns{.text = "2", .label = "4"});
  CHECK(read_file("a.bio", "EU B-ORG\n").columns.empty());

  std::string many;
  for (int i = 0; i < 100; ++i) many += i == 5 ? "x B-Y\n\n" : "x B-X\ny O\n\n";
  const TaggedFile validation = read_file("v.bio", many, &training);
  CHECK(validation.texts.size() == 99);
  CHECK_THAT(validation.dropped.facts((folder / "v.bio").string(), 99).at(0),
             ContainsSubstring("the first: text at line 16: tag \"B-Y\" is none of the 2 labels of the model"));
  CHECK(read_file("v.bio", many, &training, {"O", "B-X", "B-Y"}).texts.size() == 100);  // the model keeps its labels
  CHECK(read_file("v.bio", many, &training, {"O", "B-Y"}).texts.size() == 99);          // it gets those of the file
  CHECK_THROWS_WITH(read_file("w.bio", "x B-Y\n", &training), ContainsSubstring("tag \"B-Y\" is none of the 2"));
}

TEST_CASE("tagged texts: a line that is not UTF-8 makes its text a bad one", "[tagged]") {
  const test::TemporaryFolder folder;
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += i == 3 ? "好 O\n\xff O\n\n" : "好 O\n坏 O\n\n";
  const TaggedFile file = read_tagged_texts(folder.put("a.bio", lines), {});
  CHECK(file.texts.size() == 99);
  CHECK_THAT(file.dropped.facts("a.bio", 99).at(0), ContainsSubstring("a.bio: line 11:"));
}

TEST_CASE("tagged texts: one bad text in a hundred is counted", "[tagged]") {
  const test::TemporaryFolder folder;
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += i == 3 ? "好 O\n坏\n\n" : "好 O\n坏 O\n\n";
  const TaggedFile file = read_tagged_texts(folder.put("a.bio", lines), {});
  CHECK(file.texts.size() == 99);
  CHECK_THAT(file.dropped.facts("a.bio", 99).at(0), ContainsSubstring("a.bio: line 11: \"坏\", expected a word"));
}

}  // namespace tagged_texts_test
