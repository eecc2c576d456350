#include "mini_bert/base/argument_error.h"

#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("argument errors: the name and the problem, apart and together") {
  CHECK_NOTHROW(require_argument(true, "seed", "is {}", 1));
  try {
    require_argument(1 > 2, "freeze_layers", "is {}; the model has {} layers", 13, 12);
    FAIL("nothing was thrown");
  } catch (const ArgumentError& error) {
    CHECK(error.argument() == "freeze_layers");
    CHECK(error.problem() == "is 13; the model has 12 layers");
    CHECK(std::string(error.what()) == "`freeze_layers` is 13; the model has 12 layers");
  }
}
