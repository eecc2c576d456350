#include "mini_bert/base/file_error.h"

#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("file errors: sizes and names in messages") {
  CHECK(format_bytes(0) == "0 bytes");
  CHECK(format_bytes(999) == "999 bytes");
  CHECK(format_bytes(1500) == "1.5 kB");
  CHECK(format_bytes(12'000'000) == "12.0 MB");
  CHECK(format_bytes(7'250'000'000) == "7.2 GB");
  CHECK(in_quotes("a\nb\x7f") == "\"a\\x0ab\\x7f\"");
  const std::string fits(80, 'x'), short_of_it(79, 'x');
  CHECK(in_quotes(fits) == '"' + fits + '"');
  CHECK(in_quotes(fits + "y") == '"' + fits + "…\"");
  CHECK(in_quotes(short_of_it + "中y") == '"' + short_of_it + "…\"");
}
