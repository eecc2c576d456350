#include "mini_bert/bert/data/text_columns.h"

#include "mini_bert/bert/data/column_reader.h"
#include "mini_bert/bert/data/labelled_texts.h"
#include "mini_bert/bert/data/sample_reader.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

// The columns that classify reads.
std::string labelled_columns(const std::string& name, const std::string& bytes, const LabelOptions& options = {}) {
  const TemporaryFolder folder;
  return read_labelled_texts(folder.put(name, bytes), options).columns.described();
}

// The columns that mlm reads, or the error.
std::string text_columns(const std::string& name, const std::string& bytes, const ReadOptions& options = {}) {
  const TemporaryFolder folder;
  return read_samples(folder.put(name, bytes), options).columns.described();
}

std::string refusal(const std::string& name, const std::string& bytes, bool labelled = false) {
  return error_of([&] { labelled ? labelled_columns(name, bytes) : text_columns(name, bytes); });
}

}  // namespace

TEST_CASE("columns: ids, numbers, an index and the description of the label are no text", "[columns]") {
  const std::string review = "text: column \"review\", label: column \"label\"";
  CHECK(labelled_columns("a.csv", "id,review,label\n1,我们好,1\n2,你不好,0\n") == review);
  CHECK(labelled_columns("a.tsv", "id\treview\tlabel\n1\t我们好\t1\n2\t你不好\t0\n") == review);
  CHECK(labelled_columns("a.jsonl", "{\"id\":\"1\",\"review\":\"我们好\",\"label\":1}\n") == review);
  CHECK(labelled_columns("a.json", R"([{"id":"1","review":"我们好","label":1}])") == review);
  CHECK(labelled_columns("a.csv", "Unnamed: 0,content,label\n0,我们好,1\n1,你不好,0\n") ==
        "text: column \"content\", label: column \"label\"");
  CHECK(labelled_columns("a.csv", ",content,label\n0,我们好,1\n1,你不好,0\n") ==
        "text: column \"content\", label: column \"label\"");
  CHECK(
      labelled_columns("a.json", R"([{"label":"108","label_desc":"news_edu","sentence":"上课时学生手机响个不停"}])") ==
      "text: column \"sentence\", label: column \"label\"");
  // In one row nothing but its name says that a column describes the label.
  CHECK(labelled_columns("a.json", R"([{"label":"108","label_desc":"教育","said":"上课时学生手机响个不停"}])") ==
        "text: column \"said\", label: column \"label\"");
  CHECK(text_columns("a.csv", "label,review\n1,我们好\n0,你不好\n") == "text: column \"review\"");
  CHECK(text_columns("a.csv", "标签,内容\n好,我们好\n坏,你不好\n") == "text: column \"内容\"");
}

TEST_CASE("columns: without a usual name the cells decide", "[columns]") {
  CHECK(text_columns("a.csv", "uid,when,said\na7,2024-01-02,我们好\nb8,2024-01-03,你不好\n") ==
        "text: column \"said\"");
  CHECK(text_columns("a.csv", "url,said\nhttp://a.b/c,x y\nhttp://a.b/d,z\n") == "text: column \"said\"");
  // Few distinct short values are classes, unless nothing else is there.
  CHECK(text_columns("a.csv", "city,said\n北京,一个人\n北京,两个人\n上海,三个人\n上海,四个人\n") ==
        "text: column \"said\"");
  CHECK(text_columns("a.csv", "said\n北京\n北京\n上海\n上海\n") == "text: column \"said\"");
  CHECK(text_columns("a.csv", "topic\n北京\n上海\n") == "text: column \"topic\"");
  CHECK(text_columns("a.csv", "code\na1\nb2\n") == "text: column \"code\"");
  CHECK_THAT(refusal("a.csv", "code\n1\n2\n"), ContainsSubstring("\"code\" holds numbers"));
  CHECK_THAT(refusal("a.csv", "who,said\n张三丰,我们好\n李四光,你不好\n"),
             ContainsSubstring("a.csv: the columns \"who\", \"said\" could hold the text") &&
                 ContainsSubstring("`text_column`"));
  CHECK_THAT(refusal("a.csv", "title,content\n一,我们好\n二,你不好\n"),
             ContainsSubstring("the columns \"title\", \"content\" could hold the text"));
  CHECK_THAT(refusal("a.csv", "id,stars\n1,5\n2,4\n"),
             ContainsSubstring(
                 "no column holds text (columns: id, stars); \"id\" holds numbers; name the text with `text_column`"));
}

TEST_CASE("columns: pairs of texts by their names", "[columns]") {
  const auto pair = [](const std::string& a, const std::string& b) {
    return fmt::format("text: column \"{}\", second text: column \"{}\", label: column \"label\"", a, b);
  };
  for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{{"sentence1", "sentence2"},
                                                                             {"premise", "hypothesis"},
                                                                             {"question1", "question2"},
                                                                             {"text_a", "text_b"},
                                                                             {"question", "sentence"},
                                                                             {"句子1", "句子2"}}) {
    CHECK(labelled_columns("a.csv", fmt::format("idx,{},{},label\n0,我们好,你们好,1\n1,天,地,0\n", a, b)) ==
          pair(a, b));
  }
  // Masked words have no second text: which of both is meant?
  CHECK_THAT(refusal("a.csv", "sentence1,sentence2,label\n我们好,你们好,1\n天,地,0\n"),
             ContainsSubstring("\"sentence1\", \"sentence2\" could hold the text"));
  CHECK(labelled_columns("a.csv", "sentence1,sentence2,label\n我们好,你们好,1\n", {.text = "sentence2"}) ==
        "text: column \"sentence2\", label: column \"label\"");
  CHECK_THAT(refusal("a.csv", "title,sentence1,sentence2,label\n我,我们好,你们好,1\n你,天,地,0\n", true),
             ContainsSubstring("could hold the text") && ContainsSubstring("`text_pair_column`"));
}

TEST_CASE("columns: the label", "[columns]") {
  CHECK(labelled_columns("a.csv", "review,sentiment\n我们好,1\n你不好,0\n") ==
        "text: column \"review\", label: column \"sentiment\"");
  CHECK_THAT(
      refusal("a.csv", "review,class,topic\n我们好,1,2\n你不好,0,2\n", true),
      ContainsSubstring("the columns \"class\", \"topic\" could hold the label; choose one with `label_column`"));
  const TemporaryFolder folder;
  const auto texts = read_labelled_texts(folder.put("a.csv", "text, label \n我们好,1 \n你不好, 0\n"), {}).texts;
  CHECK(texts[0].labels == std::vector<std::string>{"1"});
  CHECK(texts[1].labels == std::vector<std::string>{"0"});
}

TEST_CASE("columns: the validation file is read like the training file", "[columns]") {
  const TemporaryFolder folder;
  const auto train = read_samples(folder.put("a.csv", "id,review\n1,我们好\n2,你不好\n"));
  const auto path = folder.put("b.csv", "id,review,said\n1,我,他说他很好\n2,你,她说她也好\n");
  CHECK(read_samples(path, {.decided = train.columns}).samples[0].text == "我");
  const LabelledFile labelled = read_labelled_texts(folder.put("c.csv", "said,mood,label\n我们好,a b,1\n你不好,c,0\n"),
                                                    {.text = "said", .label = "mood"});
  const auto other = folder.put("d.csv", "said,review,mood,label\n一,二,c,1\n");
  CHECK(read_labelled_texts(other, {}, &labelled).texts[0].text == "一");
  CHECK(read_labelled_texts(other, {}, &labelled).texts[0].labels[0] == "c");
}

TEST_CASE("columns: a .csv file that is no such file", "[columns]") {
  CHECK(labelled_columns("a.csv", "review;label\n我们好,真的;1\n你不好;0\n") ==
        "text: column \"review\", label: column \"label\"");
  CHECK(labelled_columns("a.csv", "review\tlabel\n我们好,真的\t1\n你不好\t0\n") ==
        "text: column \"review\", label: column \"label\"");
  CHECK_THAT(refusal("a.csv", "我们好,1\n你不好,0\n", true),
             ContainsSubstring("a.csv: line 1 reads like a row and not like column names (\"我们好\", \"1\")"));
  // A name that stands among the cells below it is none.
  CHECK_THAT(refusal("a.csv", "我们好,好评\n你不好,差评\n他们好,好评\n"), ContainsSubstring("line 1 reads like a row"));
  CHECK(text_columns("a.csv", "0\n今天\n明天\n") == "text: column \"0\"");  // as pandas names columns without names
}

TEST_CASE("columns: the first line of one column is a row unless it looks like a name", "[columns]") {
  const TemporaryFolder folder;
  const auto texts = [&](const char* name, const std::string& bytes, const ReadOptions& options = {}) {
    std::vector<std::string> found;
    for (const Sample& sample : read_samples(folder.put(name, bytes), options).samples) {
      found.push_back(fmt::format("{} {}", sample.line, sample.text));
    }
    return found;
  };
  using Lines = std::vector<std::string>;
  CHECK(texts("a.csv", "我们好\n他们好\n你不好\n") == Lines{"1 我们好", "2 他们好", "3 你不好"});
  CHECK(texts("a.tsv", "今天天气很好。\n明天也好。\n") == Lines{"1 今天天气很好。", "2 明天也好。"});
  CHECK(texts("a.csv", "the food was great\nwe liked it\n") == Lines{"1 the food was great", "2 we liked it"});
  CHECK(texts("a.csv", "hello\nworld\ngood\n").size() == 3);
  CHECK(texts("a.csv", "我们好\n\"他\n他们好\n", {.keep_all = true}).size() == 3);
  CHECK_THAT(text_columns("a.csv", "我们好\n他们好\n"), ContainsSubstring("text: every row; line 1 is read as a text"));
  for (const char* const header : {"text", "留言", "留言内容", "review_txt", "id", "类别", "词", "0"}) {
    CAPTURE(header);
    CHECK(texts("a.csv", header + std::string("\n我们都说好\n他们好\n"), {.keep_all = true}).size() == 2);
  }
  CHECK_THAT(refusal("a.csv", "1\n2\n3\n"), ContainsSubstring("line 1 reads like a row"));
  CHECK(texts("a.csv", "his own words\nwe liked it\nbad\n", {.text_column = "his own words"}).size() == 2);
  // The validation file is read for itself if the training file had no name, and by its name if it had one.
  const SampleFile training = read_samples(folder.put("a.csv", "我们好\n他们好\n"));
  CHECK(texts("b.csv", "你不好\n天气好\n", {.decided = training.columns}).size() == 2);
  CHECK(texts("b.csv", "text\n天气好\n", {.decided = training.columns}).size() == 1);
  CHECK(texts("b.txt", "你\t不好\n", {.decided = training.columns}) == Lines{"1 你\t不好"});
  const SampleFile named = read_samples(folder.put("a.csv", "text\n他们好\n"));
  CHECK_THROWS_WITH(texts("b.csv", "你不好\n天气好\n", {.decided = named.columns}),
                    ContainsSubstring("no column \"text\" (columns: 你不好)"));
}

TEST_CASE("columns: a first line of names in a .txt file is no row", "[columns]") {
  const TemporaryFolder folder;
  const auto labels = [&](const std::string& bytes) {
    return read_labelled_texts(folder.put("a.txt", bytes), {}).labels;
  };
  using Names = std::vector<std::string>;
  CHECK(labels("text\tlabel\n我们好\t1\n你不好\t0\n") == Names{"0", "1"});
  CHECK(labels("\nlabel\ttext_a\n1\t我们好\n0\t你不好\n") == Names{"0", "1"});
  CHECK(labels("sentence1\tsentence2\tlabel\n我\t你\t1\n天\t地\t0\n") == Names{"0", "1"});
  CHECK(labels("我们好\tlabel\n你不好\t0\n") == Names{"0", "label"});
  CHECK(labels("id\tlabel\n你不好\t0\n") == Names{"0", "label"});  // no name of a text
  const SampleFile file = read_samples(folder.put("b.txt", "text\tlabel\n我们好\t1\n"), {.keep_all = true});
  REQUIRE(file.samples.size() == 1);
  CHECK(file.samples[0].line == 2);
}

TEST_CASE("rows: the id of a row goes with it, also where the row is a bad one", "[columns]") {
  const TemporaryFolder folder;
  const auto ids = [&](const char* name, const std::string& bytes, const ReadOptions& options = {.keep_all = true}) {
    std::vector<std::string> found;
    for (const Sample& sample : read_samples(folder.put(name, bytes), options).samples) found.push_back(sample.id);
    return found;
  };
  using Ids = std::vector<std::string>;
  CHECK(ids("a.csv", "id,text\n007,我们好\nr\"8,你不好\n") == Ids{"\"007\"", "\"r\\\"8\""});
  CHECK(ids("a.jsonl", "{\"guid\":7,\"text\":\"我\"}\n{\"text\":[1],\"guid\":\"x\"}\n{\"text\":\"我\"}\n") ==
        Ids{"7", "\"x\"", ""});
  CHECK(ids("a.json", R"([{"idx":{"p":1},"text":"我"}])") == Ids{R"({"p":1})"});
  CHECK(ids("a.csv", "编号,内容\n1,我们好\n") == Ids{"\"1\""});
  CHECK(ids("a.csv", "id,label\n我们好,1\n", {.text_column = "id", .keep_all = true}) == Ids{""});
  CHECK(ids("a.csv", "id,text\n007,我们好\n", {}) == Ids{""});
}

TEST_CASE("columns: CLUE's keywords and marked spans are read with their texts", "[columns]") {
  const TemporaryFolder folder;
  const auto csl =
      folder.put("a.json", "{\"id\":1,\"abst\":\"为解决问题\",\"keyword\":[\"水声\",\"检测\"],\"label\":\"0\"}\n");
  const LabelledFile words = read_labelled_texts(csl, {});
  CHECK(words.columns.described() == "text: column \"keyword\", second text: column \"abst\", label: column \"label\"");
  CHECK(words.texts[0].text == "水声 检测");
  CHECK(words.texts[0].pair == "为解决问题");
  const auto samples = read_samples(csl, {.takes_pair = true, .keep_all = true}).samples;
  CHECK(samples.at(0).text == "水声 检测");
  CHECK(samples.at(0).pair == "为解决问题");

  const auto wsc = [&](const char* target) {
    const std::string text = R"({"text":"小明说老王，他很好","label":"true","target":)";
    return read_labelled_texts(folder.put("b.json", text + target + "}\n"), {}).texts.at(0).text;
  };
  CHECK(wsc(R"({"span1_text":"小明","span1_index":0,"span2_text":"他","span2_index":6})") == "_小明_说老王，[他]很好");
  CHECK(wsc(R"({"span1_text":"老王","span1_index":3,"span2_text":"小明","span2_index":0})") ==
        "[小明]说_老王_，他很好");
  CHECK_THROWS_WITH(wsc(R"({"span1_text":"老王","span1_index":4,"span2_text":"他","span2_index":6})"),
                    ContainsSubstring("b.json: line 1: target: span1_index is 4, expected the place of \"老王\""));
  CHECK_THROWS_WITH(wsc(R"({"span1_text":"小明说","span1_index":0,"span2_text":"说","span2_index":2})"),
                    ContainsSubstring("overlap"));
  CHECK_THROWS_WITH(wsc(R"({"span1_text":"小明","span1_index":0,"span2_text":"他","span2_index":99})"),
                    ContainsSubstring("span2_index is 99"));
  // To learn masked words, the text is read as it is.
  CHECK(read_samples(folder / "b.json").samples[0].text == "小明说老王，他很好");
}

TEST_CASE("columns: the parts of a .txt file", "[columns]") {
  const std::string reversed = "text: part 2 of each line, label: part 1 of each line";
  CHECK(labelled_columns("a.txt", "1\t我们好\n0\t你不好\n") == reversed);
  CHECK(labelled_columns("a.txt", "体育\t我们赢了\n体育\t他们输了\n财经\t股票涨了\n财经\t股票跌了\n") == reversed);
  CHECK(labelled_columns("a.txt", "我们好\t1\n你不好\t0\n") == "text: part 1 of each line, label: part 2 of each line");
  CHECK(labelled_columns("a.txt", "我们好\t你们好\t1\n\n天\t地\t0\n") ==
        "text: part 1 of each line, second text: part 2 of each line, label: part 3 of each line");
  CHECK(labelled_columns("a.txt", "7\t我们好\t1\n8\t你不好\t1\n9\t他不好\t0\n") ==
        "text: part 2 of each line, label: part 3 of each line");
  CHECK_THAT(refusal("a.txt", "体育\t我们赢了\n体育\t他们输了\n财经\t股票涨了\n", true),
             ContainsSubstring("a.txt: every line has 2 parts between tabs") && ContainsSubstring("first line names"));
  // Masked words and predictions.
  CHECK(text_columns("a.txt", "1\t我们好\n0\t你不好\n") == "text: part 2 of each line");
  CHECK(text_columns("a.txt", "我们好\t你们好\n天\t地\n") == "");
  CHECK(text_columns("a.txt", "1\t我们好\n0\t你不好\n", {.tabs_are_text = true}) == "");
  CHECK(text_columns("a.txt", "我们好\n1\t你不好\n") == "");
}

TEST_CASE("columns: a .txt file that is a file of another kind", "[columns]") {
  CHECK_THAT(
      refusal("a.txt", "{\"text\": \"我们好\"}\n\n{\"text\": \"你不好\"}\n"),
      ContainsSubstring("a.txt: its lines are JSON objects and not texts; rename it, so that its name ends in .jsonl"));
  CHECK(text_columns("a.txt", "{\"text\": \"我们好\"}\n你不好\n") == "");
  CHECK(text_columns("a.txt", "{\"text\" 我们好\n\n") == "");
  CHECK_THAT(refusal("a.txt", "text,label\n我们好,1\n", true),
             ContainsSubstring("if it is a table with commas, name it .csv"));
}

TEST_CASE("rows: predictions keep every row, training counts those it drops", "[columns]") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> files = {
      {"a.csv", "text\n我们好\n\"\"\n他们好\n"},
      {"a.txt", "我们好\n\n他们好\n"},
      {"a.jsonl", "{\"text\":\"我们好\"}\n{\"text\":null}\n{\"text\":\"他们好\"}\n"},
      {"b.jsonl", "\"我们好\"\nnull\n\"他们好\"\n"},
      {"a.json", R"([{"text":"我们好"},{"txt":"x"},{"text":"他们好"}])"},
      {"b.json", R"(["我们好",null,"他们好"])"},
      {"c.json", R"([{"text":"我们好"},{"text":""},{"text":"他们好"}])"},
      {"d.json", "{\"text\":\"我们好\"}\n{\"text\":\" \"}\n{\"text\":\"他们好\"}\n"},
  };
  for (const auto& [name, bytes] : files) {
    CAPTURE(name);
    const auto path = folder.put(name, bytes);
    const SampleFile all = read_samples(path, {.keep_all = true});
    REQUIRE(all.samples.size() == 3);
    CHECK(all.samples[1].text.find_first_not_of(' ') == std::string::npos);
    CHECK(all.samples[2].text == "他们好");
    if (name == "a.json") continue;
    const SampleFile kept = read_samples(path);
    CHECK(kept.samples.size() == 2);
    CHECK(kept.dropped.facts(path.string(), 2) ==
          std::vector{fmt::format("{}: 1 of 3 rows has no text and is left out (the first in line {})", path.string(),
                                  kept.samples[0].line + (name == "b.json" || name == "c.json" ? 0 : 1))});
  }
  CHECK(read_samples(folder.put("n.json", R"([{"text":"a"},{"text":5}])"), {.keep_all = true}).samples[1].text == "5");
}

TEST_CASE("rows: one bad row in a hundred is counted and named, more are refused", "[columns]") {
  const TemporaryFolder folder;
  const auto csv = [](int bad) {
    std::string text = "text,label\n";
    for (int i = 0; i < 200; ++i) text += i < bad ? "x,y,z\n" : fmt::format("第{}句,{}\n", i, i % 2);
    return text;
  };
  const LabelledFile file = read_labelled_texts(folder.put("a.csv", csv(2)), {});
  CHECK(file.texts.size() == 198);
  CHECK_THAT(file.dropped.facts("a.csv", 198).at(0),
             ContainsSubstring("2 of 200 rows cannot be used") && ContainsSubstring("row 1 (line 2) has 3 fields"));
  CHECK_THAT(error_of([&] { read_labelled_texts(folder.put("b.csv", csv(3)), {}); }),
             ContainsSubstring("row 1 (line 2) has 3 fields") && ContainsSubstring("3 bad rows among 200"));
  std::string json;
  for (int i = 0; i < 200; ++i) json += i == 7 ? "{\"text\":\n" : fmt::format("{{\"text\":\"第{}句\"}}\n", i);
  CHECK(read_samples(folder.put("a.jsonl", json)).samples.size() == 199);
  const SampleFile all = read_samples(folder / "a.jsonl", {.keep_all = true});
  REQUIRE(all.samples.size() == 200);
  CHECK_THAT(all.samples[7].problem, ContainsSubstring("a.jsonl: not JSON, line 8"));
  CHECK(all.samples[8].text == "第8句");
}
