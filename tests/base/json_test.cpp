#include "mini_bert/base/json.h"

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

TEST_CASE("json: a text that is broken, repeated or too deep") {
  const auto error = [](std::string_view text) { return error_of([&] { parse_json(text, "c.json"); }); };
  CHECK(error(R"({"a":{"x":1},"b":{"x":[1,2]}})") == "no error");
  CHECK_THAT(error(""), ContainsSubstring("c.json: not JSON, line 1 column 1: unexpected end of input"));
  CHECK_THAT(error("{\n \"键\": ]"), ContainsSubstring("line 2 column 7: unexpected ']'"));
  CHECK_THAT(error("{\"a\" 1}"), ContainsSubstring("line 1 column 6: unexpected number literal; expected ':'"));
  CHECK_THAT(error("[1,2] 3"), ContainsSubstring("line 1 column 7"));
  CHECK_THAT(error("1e999"), ContainsSubstring("c.json: not JSON: number overflow parsing '1e999'; correct"));
  CHECK_THAT(error("NaN"), ContainsSubstring("invalid literal"));
  CHECK_THAT(error(R"({"a":1,"b":2,"a":3})"), ContainsSubstring("key \"a\" occurs twice"));
  CHECK_THAT(error(R"([{"b":{"a":1,"a":3}}])"), ContainsSubstring("key \"a\" occurs twice"));
  const auto of_line = [](std::string_view text, const JsonSource& source) {
    return error_of([&] { parse_json(text, source); });
  };
  CHECK_THAT(of_line("[1 2]", {.name = "c.json", .line = 7}), ContainsSubstring("c.json: not JSON, line 7 column 4: "));
  CHECK_THAT(of_line("{\"a\":1,\"a\":2}", {.name = "c.json", .line = 7}),
             ContainsSubstring("c.json: line 7: key \"a\""));
  CHECK_THAT(of_line(std::string("{}\0", 3), {.name = "c.json", .line = 7}),
             ContainsSubstring("line 7 column 3: a zero"));
  CHECK(of_line("[1 2]", {.name = "it", .is_line = true, .remedy = "mend it"}) ==
        "it: not JSON, column 4: unexpected number literal; expected ']'; mend it");
  CHECK_THAT(error(std::string("{}\0{", 4)), ContainsSubstring("line 1 column 3: a zero byte"));
  CHECK(error(std::string(32, '[') + std::string(32, ']')) == "no error");
  CHECK_THAT(error(std::string(33, '[') + std::string(33, ']')), ContainsSubstring("deeper than 32 levels"));
  CHECK_THAT(error(std::string(1'000'000, '[')), ContainsSubstring("deeper than 32 levels"));
  const std::string unterminated = error("\"" + std::string(1'000'000, 'x'));
  CHECK_THAT(unterminated, ContainsSubstring("missing closing quote"));
  CHECK(unterminated.size() < 300);
}

TEST_CASE("json: a text that may be something else") {
  CHECK(json_if_valid("[1, 2]") == nlohmann::json({1, 2}));
  CHECK(json_if_valid("null") == nlohmann::json());
  for (const std::string& text :
       {std::string("小明"), std::string(""), std::string("[1 2]"), std::string("1e999"),
        std::string(R"({"a":1,"a":2})"), std::string("[1]\0", 4), std::string(33, '[') + std::string(33, ']'),
        std::string(1'000'000, '[') + std::string(1'000'000, ']')}) {
    CHECK_FALSE(json_if_valid(text).has_value());
  }
}
