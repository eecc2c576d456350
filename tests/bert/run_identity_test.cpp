#include "mini_bert/bert/run_identity.h"

#include "tests/catch.h"

using namespace mini_bert;

namespace {

RunIdentity identity(double rate, const std::string& data) {
  RunIdentity identity;
  identity.add("learning_rate", rate);
  identity.add("seed", 42);
  if (!data.empty()) identity.add_text("training_data", data);
  return identity;
}

}  // namespace

TEST_CASE("run identity: equal facts are equal, numbers to the last bit") {
  CHECK(identity(5e-5, "a") == identity(5e-5, "a"));
  CHECK(identity(5e-5, "a").differences_from(identity(5e-5, "a")).empty());
  CHECK(identity(0.1 + 0.2, "a") != identity(0.3, "a"));
  CHECK(identity(5e-5, "a").value("learning_rate") == "5e-05");
  CHECK(identity(5e-5, "a").value("other").empty());
}

TEST_CASE("run identity: each key that differs is named with both values") {
  const auto differences = identity(1e-4, "b").differences_from(identity(5e-5, "a"));
  REQUIRE(differences.size() == 2);
  CHECK(differences[0].key == "learning_rate");
  CHECK(differences[0].before == "5e-05");
  CHECK(differences[0].now == "0.0001");
  CHECK(differences[1].key == "training_data");
  const OtherRunError error("state.json", differences);
  CHECK(std::string(error.what()) ==
        "state.json: the run cannot go on with other arguments or data than it began with: `learning_rate` was 5e-05, "
        "now it is 0.0001; `training_data` was a, now it is b");
}

TEST_CASE("run identity: a key that one of the two lacks differs") {
  const auto added = identity(1, "a").differences_from(identity(1, ""));
  REQUIRE(added.size() == 1);
  CHECK(added[0].before.empty());
  const auto removed = identity(1, "").differences_from(identity(1, "a"));
  REQUIRE(removed.size() == 1);
  CHECK(removed[0].now.empty());
  CHECK_THAT(OtherRunError("s", removed).what(), ContainsSubstring("`training_data` was a, now it is not set"));
}

TEST_CASE("run identity: a long message is cut, a key cannot be stated twice") {
  RunIdentity before, now;
  for (int i = 0; i < 6; ++i) {
    before.add("k" + std::to_string(i), 1);
    now.add_text("k" + std::to_string(i), std::string(500, 'x'));
  }
  const std::string message = OtherRunError("s", now.differences_from(before)).what();
  CHECK(message.size() < 600);
  CHECK_THAT(message, ContainsSubstring("; 2 more differ"));
  CHECK_THROWS_AS(now.add("k0", 2), Error);
}
