#include "mini_bert/base/json_fields.h"

#include "tests/base/json_kinds.h"

using namespace mini_bert;
using namespace mini_bert::test;
using nlohmann::json;

namespace {

const json file = json::parse(R"({"yes": true, "name": "涛", "half": 0.5, "three": 3, "none": null, "list": ["a", "b"],
  "inner": {"deep": [1, {"x": "wrong"}]}, "big": 1e30, "int32": 2147483648, "uint64": 18446744073709551615,
  "int64": -9223372036854775808})");
const JsonField root(file, "f.json");

}  // namespace

TEST_CASE("json fields: values of every kind") {
  CHECK(root.at("yes").boolean());
  CHECK(root.at("name").text() == "涛");
  CHECK(root.at("half").number() == 0.5);
  CHECK(root.at("three").number() == 3);
  CHECK(root.at("three").integer(3, 3) == 3);
  CHECK(root.at("int64").integer() == std::numeric_limits<std::int64_t>::min());
  CHECK(root.at("list").elements()[1].text() == "b");
  CHECK(root.at("inner").at("deep").elements().size() == 2);
  CHECK(root.has("yes"));
  CHECK_FALSE(root.has("none"));
  CHECK_FALSE(root.has("missing"));
}

TEST_CASE("json fields: read leaves a target whose member is missing, read_set also one whose member is null") {
  int x = 7;
  root.read("missing", x);
  root.read_set("missing", x);
  root.read_set("none", x);
  CHECK(x == 7);
  CHECK_THROWS_AS(root.read("none", x), Error);
  root.read("three", x);
  CHECK(x == 3);
  std::optional<double> half = 1;
  root.read("missing", half);
  CHECK(half == 1);
  root.read_set("none", half);
  CHECK(half == 1);
  root.read("none", half);
  CHECK_FALSE(half.has_value());
  root.read("half", half);
  CHECK(half == 0.5);
  std::vector<std::string> list = {"gone"};
  root.read("list", list);
  CHECK(list == std::vector<std::string>{"a", "b"});
}

TEST_CASE("json fields: an error names place, value and what was expected") {
  const auto error = [](const auto& action) { return error_of([&] { action(); }); };
  CHECK(error([] { root.at("name").boolean(); }) == "f.json: name is \"涛\", expected true or false; correct the file");
  CHECK(error([] { root.at("yes").text(); }) == "f.json: yes is true, expected a text; correct the file");
  CHECK(error([] { root.at("list").number(); }) == "f.json: list is an array, expected a number; correct the file");
  CHECK(error([] { root.at("none").number(); }) == "f.json: none is null, expected a number; correct the file");
  CHECK(error([] { root.at("lost").number(); }) == "f.json: lost is missing; correct the file");
  CHECK(error([] { root.at("half").integer(); }) == "f.json: half is 0.5, expected a whole number; correct the file");
  CHECK_THAT(error([] { root.at("three").integer(4); }), ContainsSubstring("is 3, expected a whole number from 4 up"));
  CHECK_THAT(error([] { root.at("three").integer(0, 2); }), ContainsSubstring("a whole number from 0 to 2"));
  CHECK_THAT(error([] { root.at("three").at("x"); }), ContainsSubstring("f.json: three is 3, expected an object"));
  CHECK_THAT(error([] { root.at("inner").at("deep").elements()[1].at("x").number(); }),
             ContainsSubstring("f.json: inner: deep: element 2: x is \"wrong\", expected a number"));
  CHECK_THAT(error([] { JsonField(file, "g", "ask again").at("lost"); }), ContainsSubstring("missing; ask again"));
  const json strange = {{"a\nb", 1}};
  CHECK_THAT(error([&] { JsonField(strange, "g").at("a\nb").text(); }), ContainsSubstring("g: a\\x0ab is 1"));
}

TEST_CASE("json fields: a number that does not fit is refused") {
  std::int32_t small = 0;
  std::int64_t large = 0;
  for (const char* name : {"big", "int32", "uint64", "int64", "half"}) {
    INFO(name);
    CHECK_THROWS_AS(root.read(name, small), Error);
  }
  for (const char* name : {"big", "uint64", "half"}) {
    INFO(name);
    CHECK_THROWS_AS(root.read(name, large), Error);
  }
  root.read("int32", large);
  CHECK(large == 2147483648);
}
