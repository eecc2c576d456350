#include "mini_bert/bert/data/sample_reader.h"

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

std::string joined(const SampleFile& file) {
  std::string text;
  for (const Sample& sample : file.samples) text += fmt::format("{}:{}|", sample.line, sample.text);
  return text;
}

}  // namespace

TEST_CASE("samples: the same texts from every format") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> files = {
      {"a.txt", "今天\r\n　 \n明天\n"},
      {"a.json", "[\"今天\",\n\"\",\n\"明天\"]"},
      {"b.json", "[{\"id\":\"7\",\"text\":\"今天\"},\n{\"text\":\" \",\"id\":\"8\"},\n{\"text\":\"明天\"}]"},
      {"a.jsonl", "{\"label\":\"x\",\"text\":\"今天\"}\n{\"text\":\"\"}\n{\"text\":\"明天\"}\n"},
      {"a.csv", "label,text\nx,今天\ny,\nz,\"明天\"\n"},
      {"a.tsv", "label\ttext\nx\t今天\ny\t\nz\t明天\n"},
  };
  for (const auto& [name, bytes] : files) {
    CAPTURE(name);
    const SampleFile file = read_samples(folder.put(name, bytes));
    const bool header = name == "a.csv" || name == "a.tsv";
    CHECK(joined(file) == (header ? "2:今天|4:明天|" : "1:今天|3:明天|"));
    CHECK(file.dropped.blank() == 1);
    CHECK(file.columns.text == (name == "a.txt" || name == "a.json" ? "" : "text"));
  }
}

TEST_CASE("samples: the column is the one asked for, else text, else the only one that holds text") {
  const TemporaryFolder folder;
  const auto path = folder.put("a.jsonl", R"({"id":5,"title":"T","body":"B"})");
  CHECK_THAT(error_of([&] { read_samples(path); }),
             ContainsSubstring("a.jsonl: the columns \"title\", \"body\" could hold"));
  CHECK(read_samples(path, {.text_column = "title"}).columns.text == "title");
  CHECK(joined(read_samples(path, {.text_column = "body"})) == "1:B|");
  CHECK(joined(read_samples(folder.put("b.csv", "sentence,label\nS,1\n"))) == "2:S|");
  CHECK(joined(read_samples(folder.put("c.json", R"([{"a":"A","text":"T"}])"))) == "1:T|");
  CHECK(joined(read_samples(folder.put("d.txt", "x\n"), {.text_column = "body"})) == "1:x|");
}

TEST_CASE("samples: a record without its text is refused, with the reason") {
  struct Case {
    std::string name;
    std::string bytes;
    std::string column;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"a.json", "[]", "", "a.json: no text in it (0 blank ones)"},
      {"a.txt", "", "", "a.txt: no text in it (0 blank ones)"},
      {"a.txt", "\n \n", "", "a.txt: no text in it (2 blank ones)"},
      {"a.csv", "text\n", "", "a.csv: no text in it"},
      {"a.json", "[{\"text\":\"a\"},\n{\"txt\":\"b\",\"n\":1}]", "",
       "line 2: no column \"text\" (columns: txt, n); name another"},
      {"a.csv", "title,body\na,b\n", "text", "line 2: no column \"text\" (columns: title, body)"},
      {"a.json", "[{}]", "", "line 1: no column holds text (columns: none)"},
      {"a.json", "[{\"a\":1,\"b\":[\"x\"]}]", "", "line 1: no column holds text (columns: a, b)"},
      {"a.json", "[{\"text\":5}]", "text", "column \"text\" is 5, expected a text"},
      {"a.json", "[{\"text\":\"a\"},{\"text\":5}]", "", "column \"text\" is 5, expected a text"},
      {"a.json", "[{\"text\":null}]", "", "no text in it (1 blank ones)"},
      {"a.json", "[{\"text\":[\"a\"]}]", "text", "column \"text\" is an array, expected a text"},
      {"a.json", "[{\"text\":{}}]", "text", "column \"text\" is an object, expected a text"},
  };
  const TemporaryFolder folder;
  for (const Case& wrong : cases) {
    CAPTURE(wrong.name, wrong.bytes);
    const auto path = folder.put(wrong.name, wrong.bytes);
    const std::string message = error_of([&] { read_samples(path, {.text_column = wrong.column}); });
    CHECK_THAT(message, ContainsSubstring(wrong.message));
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("samples: a long file is read whole") {
  const TemporaryFolder folder;
  std::string json = "[";
  std::string csv = "text\n";
  for (int i = 0; i < 20'000; ++i) {
    json += fmt::format("{}\n{{\"text\": \"第{}句\\n\"}}", i == 0 ? "" : ",", i);
    csv += fmt::format("\"第{}句\n\"\n", i);
  }
  const SampleFile from_json = read_samples(folder.put("a.json", json + "]"));
  const SampleFile from_csv = read_samples(folder.put("a.csv", csv));
  REQUIRE(from_json.samples.size() == 20'000);
  REQUIRE(from_csv.samples.size() == 20'000);
  CHECK(from_json.samples[19'999].text == "第19999句\n");
  CHECK(from_json.samples[19'999].line == 20'001);
  CHECK(from_csv.samples[19'999].text == "第19999句\n");
  CHECK(from_csv.samples[19'999].line == 40'000);
}
