#include "mini_bert/base/known_keys.h"

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using nlohmann::json;

namespace {

constexpr KnownKey keys[] = {
    {"size"},    {"note", KeyUse::harmless},     {"layers", KeyUse::refused, "2"}, {"plugin", KeyUse::refused},
    {"*_token"}, {"add_token", KeyUse::harmless}};
constexpr KnownKeys known{.file = "some.json", .keys = keys};

std::vector<std::string> check(const json& object) {
  return check_keys(JsonField(object, "some.json"), known);
}

}  // namespace

TEST_CASE("known keys: a key is found by its name before it is found by its ending") {
  CHECK(known.find("size")->use == KeyUse::obeyed);
  CHECK(known.find("mask_token")->use == KeyUse::obeyed);
  CHECK(known.find("add_token")->use == KeyUse::harmless);
  CHECK(known.find("token") == nullptr);
  CHECK(known.find("") == nullptr);
}

TEST_CASE("known keys: what is refused is an Error unless it says nothing or what is supported") {
  for (const json& fine : {json(2), json(), json::array(), json::object(), json("")}) {
    INFO(fine.dump());
    CHECK(check({{"layers", fine}, {"size", 7}, {"note", 8}}).empty());
  }
  for (const json& wrong : {json(3), json("2"), json(true), json::array({1})}) {
    INFO(wrong.dump());
    CHECK_THROWS_WITH(check({{"layers", wrong}}), ContainsSubstring("some.json: layers is ") &&
                                                      ContainsSubstring("mini_bert supports 2; choose another model"));
    CHECK_THROWS_WITH(check({{"plugin", wrong}}),
                      ContainsSubstring("some.json: plugin is ") && ContainsSubstring("mini_bert does not support"));
  }
  CHECK(check({{"plugin", nullptr}}).empty());
  CHECK_THROWS_WITH(check(json::array()), ContainsSubstring("some.json is an array, expected an object"));
}

TEST_CASE("known keys: what nobody knows is named") {
  CHECK(check({{"size", 1}, {"colour", 2}, {"x_token", "a"}, {"age", nullptr}}) ==
        std::vector<std::string>{"age", "colour"});
}
