#include <cerrno>

#include "tests/catch.h"
#include "tests/files/failing_calls.h"
#include "tests/hub/test_hub.h"

using namespace mini_bert;
using namespace mini_bert::test;

TEST_CASE("failing calls: whichever call of a download fails, the error says so and the next attempt ends it") {
  for (const int code : {ENOSPC, EIO}) {
    bool succeeded = false;
    for (int call = 1; !succeeded; ++call) {
      CAPTURE(code, call);
      REQUIRE(call < 100);
      const TestHub hub(tiny_files());
      const std::string message =
          error_under({.error = code, .fail_at = call, .most_bytes = 9000}, [&] { hub.fetch(); });
      succeeded = message == "no error";
      if (!succeeded) REQUIRE_THAT(message, ContainsSubstring(code == ENOSPC ? "disk full" : "the disk reported"));
      // Whatever the cache names is whole.
      const bool named = std::filesystem::exists(hub.folder() / "refs/main");
      REQUIRE((!named || content_of(hub.snapshot() / "model.safetensors") == tiny_files()["model.safetensors"]));
      hub.fetch();
      REQUIRE(content_of(hub.snapshot() / "model.safetensors") == tiny_files()["model.safetensors"]);
      REQUIRE_FALSE(std::filesystem::exists(hub.partial("model.safetensors")));
      if (succeeded) REQUIRE(call > 15);
    }
  }
}
