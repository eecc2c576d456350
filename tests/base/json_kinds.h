#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

namespace mini_bert::test {

// One value of every kind of JSON, and the numbers that overflow something.
inline std::vector<nlohmann::json> every_kind() {
  using nlohmann::json;
  std::vector<json> kinds = {nullptr,
                             true,
                             "",
                             "text",
                             "-1",
                             0,
                             -1,
                             1,
                             2.5,
                             1e30,
                             -1e30,
                             1e-320,
                             json::array(),
                             json::array({1, "a", nullptr}),
                             json::object(),
                             json::object({{"a", 1}})};
  for (const char* number : {"1e308", "2147483648", "-2147483649", "9223372036854775808", "18446744073709551615",
                             "1180591620717411303424", "-1180591620717411303424"}) {
    kinds.push_back(json::parse(number));
  }
  return kinds;
}

// Replaces each value of `whole`, one at a time and at every depth, by every kind of value, removes it, and adds 1e400
// as text. Hands every text to `read`, which must succeed or throw Error. Anything else fails the test. Returns how
// often `read` threw.
inline int read_with_every_kind(const nlohmann::json& whole, const std::function<void(const std::string&)>& read) {
  int refused = 0;
  const auto attempt = [&](const std::string& text, const std::string& where) {
    try {
      read(text);
    } catch (const Error& error) {
      ++refused;
      const std::string message = error.what();
      if (message.empty() || message.find('\n') != message.npos) FAIL_CHECK(where << ": the message is: " << message);
    } catch (const std::exception& error) {
      FAIL_CHECK(where << " throws something other than Error: " << error.what());
    }
  };
  const nlohmann::json flat = whole.flatten();
  std::vector<nlohmann::json::json_pointer> places;
  for (const auto& [path, value] : flat.items()) {
    for (nlohmann::json::json_pointer place(path); !place.empty(); place = place.parent_pointer()) {
      if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    }
  }
  for (const auto& place : places) {
    for (const nlohmann::json& kind : every_kind()) {
      nlohmann::json changed = whole;
      changed[place] = kind;
      attempt(changed.dump(), place.to_string() + " = " + kind.dump());
    }
    nlohmann::json marked = whole;
    marked[place] = "the place of a number";
    std::string overflowing = marked.dump();
    const std::string mark = "\"the place of a number\"";
    overflowing.replace(overflowing.find(mark), mark.size(), "1e400");
    attempt(overflowing, place.to_string() + " = 1e400");
    nlohmann::json without = whole;
    nlohmann::json& parent = without[place.parent_pointer()];
    if (parent.is_object()) {
      parent.erase(place.back());
      attempt(without.dump(), place.to_string() + " removed");
    }
  }
  for (const nlohmann::json& kind : every_kind()) attempt(kind.dump(), "the whole file is " + kind.dump());
  attempt("1e400", "the whole file is 1e400");
  return refused;
}

}  // namespace mini_bert::test
