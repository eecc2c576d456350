// Loads a model and prints the three most probable tokens for each blank of a text.
//
//   fill_mask models/mini-bert-zh '三国人物诸葛[MASK]'

#include <cstdio>
#include <exception>

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/predict/fill_mask.h"

using namespace mini_bert;

int main(int argc, char** argv) try {
  require(argc == 3, "usage: fill_mask MODEL_FOLDER 'text with [MASK]'");
  const PretrainedModel pretrained = load_pretrained(argv[1]);
  for (const auto& blank : fill_mask(*pretrained.model, pretrained.tokenizer, argv[2], {.top_k = 3})) {
    for (const FillMaskAnswer& answer : blank) {
      std::printf("%3.0f %%  %s\n", 100 * answer.score, answer.token_str.c_str());
    }
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
