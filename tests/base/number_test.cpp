#include "mini_bert/base/number.h"

#include <cmath>
#include <limits>

#include "tests/catch.h"

namespace mini_bert {
namespace {

TEST_CASE("a text that is a decimal number, and nothing else, is read", "[number]") {
  CHECK(number_from<double>("0") == 0.0);
  CHECK(number_from<double>("-12.5") == -12.5);
  CHECK(number_from<double>(".5e1") == 5.0);
  CHECK(number_from<double>("1E-3") == 1e-3);
  CHECK(number_from<double>("1e+3") == 1e3);
  CHECK(number_from<double>("0.1") == 0.1);
  CHECK(number_from<float>("0.1") == 0.1f);
  CHECK(number_from<float>("16777217.000000001") == 16777218.0f);  // as a double first, it would become 16777216
  CHECK(number_from<double>("inf") == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(number_from<double>("nan").value()));
  CHECK(number_from<double>(std::string_view("12345").substr(1, 2)) == 23.0);
}

TEST_CASE("a text that is no decimal number is refused", "[number]") {
  for (const std::string_view text :
       {"", " 1", "1 ", "+1", "1x", "0x10", "-0x1p3", "\t2", "1,5", "one", "-", "e5", "--1", "1e999", "-1e999", "１"}) {
    CAPTURE(text);
    CHECK(number_from<double>(text) == std::nullopt);
    CHECK(number_from<float>(text) == std::nullopt);
  }
  CHECK(number_from<float>("1e39") == std::nullopt);
  CHECK(number_from<double>(std::string_view("1\0", 2)) == std::nullopt);
}

}  // namespace
}  // namespace mini_bert
