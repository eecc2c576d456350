#include "tests/files/failing_calls.h"

#include <cerrno>

#include "mini_bert/files/atomic_directory.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/safetensors.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::test;

TEST_CASE("failing calls: whichever call fails, the old file or the new one is there, and no temporary") {
  const std::vector<NamedTensor> tensors = {{"w", Tensor::full({300, 7}, 1)}};
  for (const int code : {ENOSPC, EIO, EDQUOT, EROFS}) {
    bool succeeded = false;
    for (int call = 1; !succeeded; ++call) {
      CAPTURE(code, call);
      REQUIRE(call < 100);
      const TemporaryFolder folder;
      folder.put("model", "old");
      const std::string message = error_under({.error = code, .fail_at = call, .most_bytes = 5000},
                                              [&] { write_safetensors(folder / "model", tensors); });
      succeeded = message == "no error";
      REQUIRE(folder.names() == std::vector<std::string>{"model"});
      if (content_of(folder / "model") != "old") {
        REQUIRE(SafetensorsFile(folder / "model").read("w").values<float>()[2099] == 1);
      } else {
        REQUIRE_FALSE(succeeded);
        REQUIRE_THAT(message, ContainsSubstring("model: cannot be written: "));
      }
      if (succeeded) REQUIRE(call > 5);  // header, two pieces of data and more, fsync, rename, fsync of the folder
    }
  }
}

TEST_CASE("failing calls: a full disk is named, with what was to be written") {
  const TemporaryFolder folder;
  const std::string message = error_under({.error = ENOSPC, .fail_at = 1},
                                          [&] { write_file_atomically(folder / "a", std::string(1'500'000, 'x')); });
  CHECK_THAT(message,
             ContainsSubstring("a: cannot be written: disk full (1.5 MB were to be written); free some space"));
  CHECK(folder.names().empty());
}

TEST_CASE("failing calls: interrupted and short writes are carried on") {
  const TemporaryFolder folder;
  const std::string content(1000, 'x');
  CHECK(error_under({.most_bytes = 1}, [&] { write_file_atomically(folder / "a", content); }) == "no error");
  CHECK(content_of(folder / "a") == content);
  CHECK(error_under({.interrupts = 9}, [&] { write_file_atomically(folder / "b", content); }) == "no error");
  CHECK(content_of(folder / "b") == content);
}

TEST_CASE("failing calls: an error of the second attempt's disk does not spoil the object") {
  const TemporaryFolder folder;
  AtomicFile file(folder / "a");
  CHECK(error_under({.error = EIO, .fail_at = 1}, [&] { file.write("x"); }) != "no error");
  CHECK_THAT(error_of([&] { file.write("y"); }), ContainsSubstring("after an error"));
  CHECK_THAT(error_of([&] { file.commit(); }), ContainsSubstring("after an error"));
  CHECK(folder.names().empty());
}

TEST_CASE("failing calls: a folder is the old or the new one, whichever call fails") {
  for (const int no_exchange : {0, 1}) {
    bool succeeded = false;
    for (int call = 1; !succeeded; ++call) {
      CAPTURE(call, no_exchange);
      REQUIRE(call < 100);
      const TemporaryFolder folder;
      const auto write = [&](const std::string& content) {
        AtomicDirectory checkpoint(folder / "c");
        write_file_atomically(checkpoint.staging() / "model", content);
        checkpoint.commit();
      };
      write("old");
      succeeded =
          error_under({.error = EIO, .fail_at = call, .no_exchange = no_exchange}, [&] { write("new"); }) == "no error";
      // Where folders cannot be swapped, and after the last sync has failed, the next attempt puts things right.
      REQUIRE(folder.names().size() <= 2);
      if (!succeeded) AtomicDirectory(folder / "c");
      const std::string found = content_of(folder / "c/model");
      REQUIRE((found == "new" || (found == "old" && !succeeded)));
      REQUIRE(folder.names() == std::vector<std::string>{"c"});
    }
  }
}
