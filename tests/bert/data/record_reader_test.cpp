#include "mini_bert/bert/data/record_reader.h"

#include "mini_bert/tensor/random.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

// A record in short: "2: text=abc, label=3" - numbers and the like without quotes, texts in them.
std::vector<std::string> read(const TemporaryFolder& folder, const std::string& name, std::string_view bytes) {
  std::vector<std::string> records;
  read_records(folder.put(name, bytes), [&](Record& record) {
    std::string text = fmt::format("{}:", record.line);
    for (const Field& field : record.fields) {
      if (record.has_columns) text += fmt::format(" {}=", field.name);
      text += field.is_text ? fmt::format("'{}'", field.value) : field.value;
    }
    records.push_back(text);
  });
  return records;
}

using Lines = std::vector<std::string>;

// Texts and first columns of the sound records, and "line!reason" for the others, in the order of the calls.
Lines read_all(const TemporaryFolder& folder, const std::string& name, std::string_view bytes) {
  Lines records;
  const auto path = folder.put(name, bytes);
  read_records(
      path,
      [&](Record& record) {  // an empty object has no fields
        const std::string first = record.fields.empty() ? "" : record.fields[0].value;
        records.push_back(fmt::format("{}:{}", record.line, first));
      },
      [&](const Error& error, std::size_t line) {
        const std::string message = error.what();
        CHECK(message.starts_with(path.string() + ": "));
        records.push_back(fmt::format("{}!{}", line, message.substr(path.string().size() + 2)));
      });
  return records;
}

void check_all(const Lines& records, const Lines& expected) {
  CAPTURE(records);
  REQUIRE(records.size() == expected.size());
  for (std::size_t i = 0; i < records.size(); ++i) CHECK_THAT(records[i], ContainsSubstring(expected[i]));
}

}  // namespace

TEST_CASE("records: plain text") {
  const TemporaryFolder folder;
  CHECK(read(folder, "a.txt", "") == Lines{});
  CHECK(read(folder, "a.txt", "一\r\ntwo\n\nthree\r") == Lines{"1:'一'", "2:'two'", "3:''", "4:'three'"});
  CHECK(read(folder, "a.TXT", "\xef\xbb\xbfone\n") == Lines{"1:'one'"});
  CHECK(read(folder, "a.txt", "a\u2028b\vc\fd") == Lines{"1:'a\u2028b\vc\fd'"});  // only LF ends a line
}

TEST_CASE("records: a JSON array") {
  const TemporaryFolder folder;
  CHECK(read(folder, "a.json", "[]") == Lines{});
  CHECK(read(folder, "a.json", "\xef\xbb\xbf [\"a\\n\\u4e2d\",\n\"b\"\n]\n") == Lines{"1:'a\n中'", "2:'b'"});
  CHECK(read(folder, "a.json", R"([
  {"text": "今天", "label": 3},
  {
    "id": -7, "x": 1.50, "text": "", "n": null, "t": true
  }, {}
])") == Lines{"2: text='今天' label=3", "3: id=-7 x=1.50 text='' n=null t=true", "5:"});
  CHECK(
      read(folder, "a.json", R"([{"text":"a","mask":[[0, 2],[3,4]],"o":{"k":[1,{"q":"\""}],"e":{}, "f":[]},"z":1}])") ==
      Lines{R"(1: text='a' mask=[[0,2],[3,4]] o={"k":[1,{"q":"\""}],"e":{},"f":[]} z=1)"});
}

TEST_CASE("records: JSON lines in a .json file, an array in a .jsonl file, null as an empty text") {
  const TemporaryFolder folder;
  CHECK(read(folder, "a.json", "{\"text\":\"a\"}\n\n{\"text\":\"b\"}\n") == Lines{"1: text='a'", "3: text='b'"});
  CHECK(read(folder, "a.json", "\"a\"") == Lines{"1:'a'"});
  CHECK(read(folder, "a.json", "{\"tokens\":[\"a\",\"b\"]}\n") == Lines{"1: tokens=[\"a\",\"b\"]"});
  CHECK(read(folder, "a.jsonl", "[\"a\",\n{\"text\":\"b\"}]") == Lines{"1:'a'", "2: text='b'"});
  CHECK(read(folder, "a.json", "[{\"a\":1},null]") == Lines{"1: a=1", "1:''"});
  CHECK(read(folder, "a.jsonl", "null\n\"a\"\n") == Lines{"1:''", "2:'a'"});
}

TEST_CASE("records: other separators, blanks around names, a text that begins with a quoted word") {
  const TemporaryFolder folder;
  CHECK(read(folder, "a.csv", "text;label\na,b;1\n") == Lines{"2: text='a,b' label='1'"});
  CHECK(read(folder, "a.csv", "text\tlabel\na,b\t1\n") == Lines{"2: text='a,b' label='1'"});
  CHECK(read(folder, "a.tsv", "text,label\na\t,1\n") == Lines{"2: text='a\t' label='1'"});
  CHECK(read(folder, "a.csv", "\"a;b\"\nx;y\n") == Lines{"2: a;b='x;y'"});
  CHECK(read(folder, "a.csv", " text , label\na,1\n") == Lines{"2: text='a' label='1'"});
  CHECK(read(folder, "a.csv", ",t,,\n0,a,,\n") == Lines{"2: ='0' t='a' Unnamed: 2='' Unnamed: 3=''"});
  CHECK(read(folder, "a.tsv", "text\tlabel\n\"我们\" 是好人\t1\n") == Lines{"2: text='我们 是好人' label='1'"});
}

TEST_CASE("records: JSON, a line each") {
  const TemporaryFolder folder;
  for (const char* name : {"a.jsonl", "a.ndjson"}) {
    CHECK(read(folder, name, "{\"text\":\"a\"}\r\n\n  \n\"b\"\n{\"text\":\"c\"}") ==
          Lines{"1: text='a'", "4:'b'", "5: text='c'"});
  }
}

TEST_CASE("records: CSV and TSV") {
  const TemporaryFolder folder;
  const auto csv = [&](std::string_view bytes) { return read(folder, "a.csv", bytes); };
  CHECK(csv("") == Lines{});
  CHECK(csv("text\n") == Lines{});
  CHECK(csv("text,label\na,1\nb,2") == Lines{"2: text='a' label='1'", "3: text='b' label='2'"});
  CHECK(csv("\xef\xbb\xbftext,label\r\na,1\r\n\r\nb,\r\n") == Lines{"2: text='a' label='1'", "4: text='b' label=''"});
  CHECK(csv("\"te\"\"xt\",label\n\"a,\"\"b\"\"\r\nc\",1\n\"\",\"2\"\n") ==
        Lines{"2: te\"xt='a,\"b\"\r\nc' label='1'", "4: te\"xt='' label='2'"});
  CHECK(csv("size,text\n5\" disk, \"x\" \n") == Lines{"2: size='5\" disk' text=' \"x\" '"});
  CHECK(csv("a,b\n,\n") == Lines{"2: a='' b=''"});
  CHECK(csv("a\n\"x\"\r") == Lines{"2: a='x'"});
  CHECK(csv("a\nx\r") == Lines{"2: a='x'"});
  CHECK(csv("a\nx\ry\n") == Lines{"2: a='x'", "3: a='y'"});
  CHECK(read(folder, "a.tsv", "text\tlabel\na,b\t\"1\t2\"\n") == Lines{"2: text='a,b' label='1\t2'"});
}

TEST_CASE("records: a wrong file is refused, with line and reason") {
  struct Case {
    std::string name;
    std::string bytes;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"a.xml", "<a/>", "files ending in \".xml\" are not read, expected .json, .jsonl"},
      {"a", "x", "files ending in \"\" are not read"},
      {"a.json", "", "not JSON, line 1 column 1: unexpected end of input"},
      {"a.json", "{\"text\":\n\"a\"}",
       "the top level is an object, expected an array of texts or objects, or one of them"},
      {"a.json", "{\"text\":{\"0\":\"a\"},\"label\":{\"0\":1}}", "the file is one object (label), expected an array"},
      {"a.json", "{\"data\":[{\"text\":\"a\"}]}", "the file is one object (data), expected an array"},
      {"a.json", "{\"train\":[{\"text\":\"a\"}]}", "write the list under \"train\" alone"},
      {"a.json", "5", "the top level is a number, expected an array"},
      {"a.json", "[\"a\",\n 5\n]", "line 2: element 2 is a number, expected a text or an object"},
      {"a.json", "[\"a\",\n\n5\n\n]", "line 3: element 2 is a number"},
      {"a.json", "[true]", "element 1 is true"},
      {"a.json", "[[\"a\"]]", "element 1 is an array"},
      {"a.json", "[{\"a\":1,\"a\":2}]", "the object has column \"a\" twice"},
      {"a.json", "[\"a\"\n\"b\"]", "line 2 column 3: unexpected string literal"},
      {"a.json", "[\"a\",]", "line 1 column 6"},
      {"a.json", "[\"a\"", "line 1 column 5: unexpected end of input"},
      {"a.json", "[\"a]\n", "line 1 column 5"},
      {"a.json", "[\"a\"] x", "line 1 column 7"},
      {"a.json", "[\"\\ud83d\"]", "not JSON, line 1"},
      {"a.json", std::string("[\"a\"]\n\0[", 8), "line 2 column 1: a zero byte"},
      {"a.json", "[{\"a\":" + std::string(100'000, '['), "nested deeper than 32 levels"},
      {"a.json", "[\"\xd6\xee\"]", "a.json: looks like GBK, expected UTF-8"},
      {"a.jsonl", "{\"a\":1}\n\n{\"a\":}", "line 3 column 6"},
      {"a.jsonl", "\"a\"\n[\"a\"]", "line 2: the line is an array, expected a text or an object"},
      {"a.jsonl", "\"a\"\n7", "line 2: the line is a number"},
      {"a.jsonl", "{\"a\":1} {\"a\":2}", "line 1 column 9"},
      {"a.jsonl", "{\"a\":\n1}",
       "the top level is an object, expected an array of texts or objects, or one of them per line"},
      {"a.csv", "a,b\n1,2\n\n1,2,3\n", "row 2 (line 4) has 3 fields, expected 2 as in the header"},
      {"a.csv", "a,b\n1\n", "row 1 (line 2) has 1 fields, expected 2"},
      {"a.csv", "a,b\n\"x\ny\",2\n1\n", "row 2 (line 4) has 1 fields"},
      {"a.csv", "a\n1\n\"x\ny\n", "line 3: the quote that begins here is never closed"},
      {"a.csv", "a,\"b\n", "line 1: the quote that begins here is never closed"},
      {"a.csv", "a\n\"x\nz\" y\n", "line 2: the quote that begins here ends in line 3, inside a field"},
      {"a.csv", "a,b,a\n", "line 1: column \"a\" occurs twice"},
      {"a.csv", std::string(20'000, ','), "has 20001 columns, expected at most 10000"},
      {"a.txt", "a\n\xff", "byte 2 (0xff, in line 2) is not UTF-8"},
      {"a.txt",
       "\xff\xfe"
       "a",
       "looks like UTF-16"},
  };
  const TemporaryFolder folder;
  for (const Case& wrong : cases) {
    CAPTURE(wrong.name, wrong.bytes.substr(0, 80));
    const std::string message = error_of([&] { read(folder, wrong.name, wrong.bytes); });
    CHECK_THAT(message, ContainsSubstring(wrong.message));
    CHECK_THAT(message, ContainsSubstring(wrong.name + ": "));
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.size() < 400);
  }
  CHECK_THAT(error_of([&] { read_records(folder / "b.json", [](Record&) {}); }),
             ContainsSubstring("b.json: cannot be read"));
}

TEST_CASE("records: a bad record goes to the caller, and the others are read") {
  const TemporaryFolder folder;
  check_all(read_all(folder, "a.csv", "t,u\na,1\n1,2,3\n\"b,1\n\"c\",2\nd,\xff\ne,5\n\"f,6\ng,7\n"),
            {"2:a", "3!row 2 (line 3) has 3 fields", "4!line 4: the quote that begins here ends in line 5", "5:c",
             "6!line 6: byte 0xff is not UTF-8", "7:e", "8!line 8: the quote that begins here is never closed", "9:g"});
  check_all(read_all(folder, "b.csv", "t\na\n\"b"), {"2:a", "3!line 3: the quote that begins here is never closed"});
  check_all(read_all(folder, "a.jsonl", "oops\n{\"t\":\"a\"}\n5\n[\"b\"]\n\"c\xff\"\n{\"t\":1,\"t\":2}\n\"d\"\n"),
            {"1!not JSON, line 1", "2:a", "3!line 3: the line is a number", "4!line 4: the line is an array",
             "5!line 5: byte 0xff", "6!line 6: the object has column \"t\" twice", "7:d"});
  check_all(read_all(folder, "b.jsonl", "[\"b\"]\n\"c\"\n"), {"1!line 1: the line is an array", "2:c"});
  check_all(read_all(folder, "a.json",
                     "[\"a\",\n5,\n[1,[\"x\",{\"y\":2}]],\n{\"t\":\"b\",\"t\":[1,{\"z\":3}]},\ntrue,\n{\"t\":\"c\"}]"),
            {"1:a", "2!line 2: element 2 is a number", "3!line 3: element 3 is an array",
             "4!line 4: the object has column \"t\" twice", "5!line 5: element 5 is true", "6:c"});
  check_all(read_all(folder, "a.txt", "a\nb\xff\nc"), {"1:a", "2!line 2: byte 0xff is not UTF-8", "3:c"});
  CHECK_THROWS_WITH(read_all(folder, "b.json", "[\"a\",\"\xff\"]"),
                    ContainsSubstring("(0xff, in line 1) is not UTF-8"));
  CHECK_THROWS_WITH(read_all(folder, "c.json", "[\"a\",5"), ContainsSubstring("unexpected end of input"));
}

TEST_CASE("records: mutated files never crash") {
  const TemporaryFolder folder;
  RandomSequence random({.seed = 3});
  const std::vector<std::pair<std::string, std::string>> files = {
      {"a.json", "[{\"text\":\"今天\",\"m\":[[0,2],{\"a\":null}]},\n\"b\"]"},
      {"a.jsonl", "{\"text\":\"今天\",\"m\":[[0,2]]}\n\"b\"\n"},
      {"a.csv", "text,label\r\n\"今,\"\"天\n\",1\nb,2\n"},
      {"a.tsv", "text\tlabel\nb\t2\n"},
  };
  const std::string alphabet = std::string("\"\\[]{},:\n\r\t 0x\0\xe4\xff", 17);
  int accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string& name = files[static_cast<std::size_t>(i) % files.size()].first;
    std::string bytes = files[static_cast<std::size_t>(i) % files.size()].second;
    for (std::uint32_t times = 1 + random.below(3); times > 0; --times) {
      const std::size_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
      const char c = alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
      switch (random.below(3)) {
        case 0:
          bytes[at] = c;
          break;
        case 1:
          bytes.insert(at, 1, c);
          break;
        default:
          bytes.erase(at, 1 + random.below(4));
          break;
      }
      if (bytes.empty()) bytes.push_back('x');
    }
    CAPTURE(name, bytes);
    accepted += error_of([&] { read(folder, name, bytes); }) == "no error";
    error_of([&] { read_all(folder, name, bytes); });
  }
  CHECK(accepted > 100);
  CHECK(accepted < 3900);
}
