#include "mini_bert/pipelines/line_places.h"

#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::testing;

TEST_CASE("line places: lines of several files count on, and each keeps its place", "[apps]") {
  const TemporaryFolder folder;
  const auto path = [&](const char* name) { return (folder / name).string(); };
  write_file(folder / "lf", "a\nb\n");
  write_file(folder / "crlf", "a\r\nb\r\nc");  // the last line has no end
  write_file(folder / "cr", "a\rb\r");
  write_file(folder / "empty", "");
  const LinePlaces places({path("lf"), path("crlf"), path("empty"), path("cr"), path("lf")});
  CHECK(places.before(1) == 2);
  CHECK(places.before(2) == 5);
  CHECK(places.before(3) == 5);
  CHECK(places.before(4) == 7);
  CHECK(places.place("line", 2) == "line 2 of " + path("lf"));
  CHECK(places.place("line", 3) == "line 1 of " + path("crlf"));
  CHECK(places.place("line", 5) == "line 3 of " + path("crlf"));
  CHECK(places.place("line", 6) == "line 1 of " + path("cr"));
  CHECK(places.find(6).file == path("cr"));
  CHECK(places.find(6).line == 1);
  CHECK(places.find(0).line == 0);  // nowhere
  CHECK(LinePlaces({"not opened"}).place("line", 7) == "line 7");
  CHECK(LinePlaces({}).place("question", 7) == "question 7");
}
