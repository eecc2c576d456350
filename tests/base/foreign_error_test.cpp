#include "mini_bert/base/foreign_error.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
namespace fs = std::filesystem;

namespace {

// The message of what `work` throws.
template <class Work>
std::string words(const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    return message_of(error);
  }
  return "nothing thrown";
}

}  // namespace

TEST_CASE("foreign errors: each is one line in plain words") {
  CHECK(words([] { throw Error("config.json: is empty"); }) == "config.json: is empty");
  CHECK(words([] { throw std::bad_alloc(); }) == "out of memory; close other programs");
  CHECK(words([] { std::vector<int>().reserve(static_cast<std::size_t>(-1)); }) ==
        "more was asked for than memory can hold");
  CHECK(words([] { return nlohmann::json::parse("1e999"); }) == "number overflow parsing '1e999'");
  CHECK_THAT(words([] { return nlohmann::json("a").get<int>(); }), ContainsSubstring("type must be number"));
  CHECK(words([] { throw std::runtime_error("two\nlines"); }) == "two\\x0alines");
}

TEST_CASE("foreign errors: a file system's error has the words of file errors") {
  const test::TemporaryFolder folder;
  fs::create_symlink("loop", folder / "loop");
  const std::string loop = words([&] { (void)fs::file_size(folder / "loop"); });
  CHECK_THAT(loop, ContainsSubstring("/loop: cannot be examined: symbolic links lead in a circle"));
  CHECK_THAT(words([&] { (void)fs::is_directory(folder / std::string(300, 'x')); }),
             ContainsSubstring("the name is too long; choose a shorter one"));
  CHECK_THAT(loop, !ContainsSubstring("filesystem error"));
}

TEST_CASE("foreign errors: what leaves a reader names the file") {
  using test::error_of;
  CHECK(error_of([] { with_file_name("a.json", [] { throw std::bad_alloc(); }); }) ==
        "a.json: out of memory; close other programs");
  CHECK(error_of([] { with_file_name("a.json", [] { throw Error("a.json: line 1: no"); }); }) == "a.json: line 1: no");
  CHECK(with_file_name("a.json", [] { return 7; }) == 7);
}

TEST_CASE("foreign errors: status_of") {
  const test::TemporaryFolder folder;
  folder.put("file", "x");
  fs::create_symlink("loop", folder / "loop");
  CHECK(fs::is_directory(status_of(folder.path())));
  CHECK_FALSE(fs::exists(status_of(folder / "missing")));
  CHECK_FALSE(fs::exists(status_of(folder / "file/below")));
  CHECK_THAT(test::error_of([&] { status_of(folder / "loop"); }), ContainsSubstring("symbolic links lead in a circle"));
}
