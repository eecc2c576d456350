#include "mini_bert/pipelines/masking_request.h"

#include "tests/catch.h"

using namespace mini_bert;
using Words = std::vector<std::string>;

TEST_CASE("mask_words: several in one, with commas of either script between them, or repeated") {
  const auto split = [](const Words& given) {
    MaskingRequest options;
    options.mask_words = given;
    return options.split_mask_words();
  };
  CHECK(split({}) == Words{});
  CHECK(split({"诸葛涛"}) == Words{"诸葛涛"});
  CHECK(split({"诸葛涛,子澜，澜渠、踏浪"}) == Words{"诸葛涛", "子澜", "澜渠", "踏浪"});
  CHECK(split({"a b,c", ",,d，", ""}) == Words{"a b", "c", "d"});
}
