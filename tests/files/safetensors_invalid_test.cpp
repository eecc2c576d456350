#include <algorithm>

#include "mini_bert/files/safetensors.h"
#include "tests/catch.h"
#include "tests/files/safetensors_file.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

struct Case {
  std::string name;
  std::string bytes;
  std::string message;  // what the error must contain
};

// A file with one good tensor "a" of 4 bytes in front of what `rest` adds to its header.
std::string after_a(const std::string& rest, std::size_t data_bytes) {
  return safetensors_bytes(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)" + rest + "}", data_bytes);
}

std::string one(const std::string& fields, std::size_t data_bytes = 8) {
  return safetensors_bytes(R"({"w":{)" + fields + "}}", data_bytes);
}

std::vector<Case> invalid_files() {
  const std::string good = R"("dtype":"F32","shape":[2],"data_offsets":[0,8])";
  return {
      // the first eight bytes
      {"empty file", "", "has 0 bytes, expected at least 8"},
      {"seven bytes", std::string(7, '\0'), "has 7 bytes, expected at least 8"},
      {"no header", std::string(8, '\0'), "does not begin with '{'"},
      {"header longer than the file", safetensors_bytes(100, "{}", ""), "header of 100 bytes, but only 2 follow"},
      {"header of 100 MB and one", safetensors_bytes(100'000'001, "{}", ""), "expected at most 100000000"},
      {"header of 2^31", safetensors_bytes(1ull << 31, "{}", ""), "header of 2147483648 bytes"},
      {"header of 2^63", safetensors_bytes(1ull << 63, "{}", ""), "header of 9223372036854775808 bytes"},
      {"header of 2^64-1", safetensors_bytes(~0ull, "{}", ""), "header of 18446744073709551615 bytes"},
      {"header of 2^64-8", safetensors_bytes(~0ull - 7, "{}", ""), "expected at most 100000000"},
      // the JSON
      {"space first", safetensors_bytes(" {}", 0), "does not begin with '{'"},
      {"byte order mark first", safetensors_bytes("\xef\xbb\xbf{}", 0), "does not begin with '{'"},
      {"an array", safetensors_bytes("[]", 0), "does not begin with '{'"},
      {"cut off", safetensors_bytes(R"({"w")", 0), "not JSON, line 1 column 5: unexpected end of input"},
      {"only a brace", safetensors_bytes("{", 0), "not JSON"},
      {"trailing comma", safetensors_bytes(R"({"w":1,})", 0), "found the number 1"},
      {"line end behind", safetensors_bytes("{}\n", 0), "does not end with '}' and spaces"},
      {"zero byte behind", safetensors_bytes(std::string("{}\0", 3), 0), "line 1 column 3: a zero byte"},
      {"zero byte hides the rest", safetensors_bytes(std::string("{}\0}", 4), 0), "line 1 column 3: a zero byte"},
      {"second object behind", safetensors_bytes("{}{}", 0), "not JSON"},
      {"not UTF-8", safetensors_bytes("{\"\xff\":1}", 0), "not JSON"},
      {"lone surrogate", safetensors_bytes(R"({"\ud800":1})", 0), "not JSON"},
      {"a comment", safetensors_bytes("{/*x*/}", 0), "not JSON"},
      {"deep nesting", safetensors_bytes(R"({"w":)" + std::string(100'000, '['), 0), "found an array"},
      {"deep objects", safetensors_bytes(R"({"w":{"a":{"a":{}}}})", 0), "field \"a\", expected only dtype"},
      // the entries
      {"tensor is a number", safetensors_bytes(R"({"w":5})", 0),
       "tensor \"w\": found the number 5, expected an object"},
      {"tensor is null", safetensors_bytes(R"({"w":null})", 0), "found null, expected an object with dtype"},
      {"tensor is an array", safetensors_bytes(R"({"w":[]})", 0), "found an array, expected an object with dtype"},
      {"tensor without fields", safetensors_bytes(R"({"w":{}})", 0), "tensor \"w\": has no dtype"},
      {"no dtype", one(R"("shape":[2],"data_offsets":[0,8])"), "has no dtype"},
      {"no shape", one(R"("dtype":"F32","data_offsets":[0,8])"), "has no shape"},
      {"no data_offsets", one(R"("dtype":"F32","shape":[2])"), "has no data_offsets"},
      {"unknown field", one(good + R"(,"stride":[1])"), "field \"stride\", expected only"},
      {"dtype twice", one(good + R"(,"dtype":"F32")"), "dtype occurs twice"},
      {"shape twice", one(R"("shape":[2],)" + good), "shape occurs twice"},
      {"name twice", after_a(R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})", 8), "key \"a\" occurs twice"},
      {"name twice, escaped", after_a(R"("\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})", 8),
       "key \"a\" occurs twice"},
      {"unknown dtype", one(R"("dtype":"F33","shape":[2],"data_offsets":[0,8])"), "unknown dtype \"F33\""},
      {"dtype in lower case", one(R"("dtype":"f32","shape":[2],"data_offsets":[0,8])"), "unknown dtype \"f32\""},
      {"dtype is a number", one(R"("dtype":32,"shape":[2],"data_offsets":[0,8])"),
       "found the number 32, expected dtype"},
      {"shape is a number", one(R"("dtype":"F32","shape":2,"data_offsets":[0,8])"), "expected shape as an array"},
      {"negative extent", one(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])"),
       "found the number -2, expected whole"},
      {"extent 2.0", one(R"("dtype":"F32","shape":[2.0],"data_offsets":[0,8])"), "expected whole numbers"},
      {"extent 1e400", one(R"("dtype":"F32","shape":[1e400],"data_offsets":[0,8])"), "the header is not JSON"},
      {"extent in quotes", one(R"("dtype":"F32","shape":["2"],"data_offsets":[0,8])"), "found the text \"2\""},
      {"shape of shapes", one(R"("dtype":"F32","shape":[[2]],"data_offsets":[0,8])"), "found an array, expected whole"},
      {"extent 2^63", one(R"("dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8])"), "is too large"},
      {"extents overflow", one(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0])", 0),
       "no possible number of bytes"},
      {"bytes overflow", one(R"("dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0])", 0),
       "no possible number of bytes"},
      {"overflow hidden by a zero", one(R"("dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0])", 0),
       "no possible number of bytes"},
      {"half a byte", one(R"("dtype":"F4","shape":[3],"data_offsets":[0,2])", 2), "no possible number of bytes"},
      {"65 extents",
       one(R"("dtype":"F32","shape":[1)" +
               [] {
                 std::string s;
                 for (int i = 0; i < 64; ++i) s += ",1";
                 return s;
               }() +
               R"(],"data_offsets":[0,4])",
           4),
       "more than 64 extents"},
      // the offsets
      {"one offset", one(R"("dtype":"F32","shape":[2],"data_offsets":[8])"), "data_offsets has 1 numbers, expected 2"},
      {"no offset", one(R"("dtype":"F32","shape":[2],"data_offsets":[])"), "data_offsets has 0 numbers, expected 2"},
      {"three offsets", one(R"("dtype":"F32","shape":[2],"data_offsets":[0,4,8])"), "has more than 2 numbers"},
      {"offsets are an object", one(R"("dtype":"F32","shape":[2],"data_offsets":{})"),
       "found an object, expected data_offsets"},
      {"negative offset", one(R"("dtype":"F32","shape":[2],"data_offsets":[-8,0])"), "found the number -8"},
      {"offset null", one(R"("dtype":"F32","shape":[2],"data_offsets":[null,8])"), "found null"},
      {"backwards", one(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"), "[8, 0] run backwards"},
      {"beyond the file", one(R"("dtype":"F32","shape":[4],"data_offsets":[0,16])"),
       "ends at byte 16 of the data, but the file holds only 8"},
      {"far beyond", one(R"("dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551615])"),
       "ends at byte 18446744073709551615"},
      {"wraps round", one(R"("dtype":"U8","shape":[2],"data_offsets":[18446744073709551615,1])"), "run backwards"},
      {"too few bytes", one(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])"),
       "has 8 bytes, but F32 of shape [3] needs 12"},
      {"too many bytes", one(R"("dtype":"F16","shape":[2],"data_offsets":[0,8])"),
       "has 8 bytes, but F16 of shape [2] needs 4"},
      {"hole in front", one(R"("dtype":"F32","shape":[1],"data_offsets":[4,8])"), "begins at byte 4, expected 0"},
      {"hole between", after_a(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]})", 12),
       "begins at byte 8, expected 4"},
      {"overlap", after_a(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]})", 6), "inside the tensor before it"},
      {"the same bytes", after_a(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})", 4),
       "inside the tensor before it"},
      {"empty tensor inside another", after_a(R"("b":{"dtype":"F32","shape":[0],"data_offsets":[2,2]})", 4),
       "inside the tensor before it"},
      {"bytes behind", one(good, 9), "end at byte 8 of the data, but the file holds 9"},
      {"bytes behind nothing", safetensors_bytes("{}", 1), "end at byte 0 of the data, but the file holds 1"},
      {"one byte missing", one(good, 7), "ends at byte 8 of the data, but the file holds only 7"},
      // the metadata
      {"metadata is a text", safetensors_bytes(R"({"__metadata__":"pt"})", 0),
       "__metadata__: found the text \"pt\", expected an object"},
      {"metadata of numbers", safetensors_bytes(R"({"__metadata__":{"format":1}})", 0),
       "\"format\": found the number 1, expected a text"},
      {"metadata of objects", safetensors_bytes(R"({"__metadata__":{"format":{}}})", 0),
       "found an object, expected a text"},
      {"metadata of null", safetensors_bytes(R"({"__metadata__":{"format":null}})", 0), "found null, expected a text"},
      {"metadata twice", safetensors_bytes(R"({"__metadata__":{},"__metadata__":{}})", 0), "occurs twice"},
      {"metadata key twice", safetensors_bytes(R"({"__metadata__":{"k":"1","k":"2"}})", 0), "key \"k\" occurs twice"},
  };
}

}  // namespace

TEST_CASE("safetensors: an invalid file is refused, with the reason") {
  const TemporaryFolder folder;
  for (const Case& invalid : invalid_files()) {
    CAPTURE(invalid.name);
    const auto path = folder.put("model.safetensors", invalid.bytes);
    const std::string message = error_of([&] { SafetensorsFile file(path); });
    CHECK_THAT(message, ContainsSubstring(invalid.message));
    CHECK_THAT(message, ContainsSubstring("model.safetensors: "));
    CHECK_THAT(message, ContainsSubstring("; "));  // what to do
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.size() < 500);
  }
}

TEST_CASE("safetensors: a hostile name cannot break the line of a message") {
  const TemporaryFolder folder;
  const std::string name = R"(\n\u001b[2J)" + std::string(100'000, 'x');
  const auto path = folder.put("x.safetensors", safetensors_bytes("{\"" + name + "\":5}", 0));
  const std::string message = error_of([&] { SafetensorsFile file(path); });
  CHECK_THAT(message, ContainsSubstring(R"("\x0a\x1b[2Jxxx)"));
  CHECK_THAT(message, ContainsSubstring("found the number 5"));
  CHECK(message.size() < 400);
}

TEST_CASE("safetensors: files that look odd but are right are read") {
  const TemporaryFolder folder;
  const auto count = [&](const std::string& bytes) {
    return SafetensorsFile(folder.put("x.safetensors", bytes)).tensors().size();
  };
  CHECK(count(safetensors_bytes("{}", 0)) == 0);
  CHECK(count(safetensors_bytes("{}      ", 0)) == 0);
  CHECK(count(safetensors_bytes(R"({"__metadata__":{}})", 0)) == 0);
  CHECK(count(safetensors_bytes(R"({"":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", 4)) == 1);
  CHECK(count(safetensors_bytes(R"({ "w" : {"data_offsets":[0,0], "shape":[0,7], "dtype":"F32"} }  )", 0)) == 1);
  // Empty tensors before, between and behind others, and entries in another order than their bytes.
  CHECK(count(safetensors_bytes(R"({"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},)"
                                R"("e":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},)"
                                R"("f":{"dtype":"U8","shape":[0],"data_offsets":[3,3]},)"
                                R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                                3)) == 4);
}
