#include "apps/console/argument_wording.h"

#include "mini_bert/base/argument_error.h"
#include "mini_bert/bert/run_identity.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

std::string words(const std::exception& error) {
  return worded(error, [](const std::string& flag) { return flag != "--hidden"; });
}

}  // namespace

TEST_CASE("wording: arguments become flags") {
  CHECK(words(ArgumentError("freeze_layers", "is 13; the model has 12 layers")) ==
        "--freeze-layers is 13; the model has 12 layers");
  CHECK(words(Error("lower `max_length` or `adamw.beta_1`")) == "lower --max-length or --adam-beta1");
  CHECK(words(Error("`hidden` is 1")) == "hidden is 1");
  CHECK(words(Error("`best_metric` is 'f1'")) == "--metric-for-best-model is 'f1'");
}

TEST_CASE("wording: what is no argument stays as it is") {
  for (const char* text : {"plain", "", "`", "a ` b", "`Not One` here", "``", "label `涛` is new"}) {
    CHECK(words(Error(text)) == text);
  }
  CHECK(words(Error("` then `seed`")) == "` then --seed");
}

TEST_CASE("wording: a run that goes on differently") {
  const OtherRunError error("s.json", {{"learning_rate", "5e-05", "0.0001"},
                                       {"config.hidden_size", "12", "24"},
                                       {"instruction_set", "avx2", "avx512"}});
  const std::string text = words(error);
  CHECK_THAT(text, ContainsSubstring("--learning-rate was 5e-05, now it is 0.0001"));
  CHECK_THAT(text, ContainsSubstring("hidden_size in the model's config.json was 12, now it is 24"));
  CHECK_THAT(text, ContainsSubstring("the instruction set (MINI_BERT_ISA) was avx2, now it is avx512"));
  CHECK_THAT(text, ContainsSubstring("set MINI_BERT_ISA=avx2 on a CPU that has it"));
  CHECK_THAT(words(OtherRunError("s", {{"seed", "1", "2"}})), !ContainsSubstring("MINI_BERT_ISA"));
}
