#include "mini_bert/bert/training/flops.h"

#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

TEST_CASE("flops: what the products of a small model cost, counted one by one") {
  BertConfig config;
  config.vocab_size = 11;
  config.hidden_size = 6;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 3;
  config.intermediate_size = 7;
  const std::vector<Index> lengths = {4, 1};
  const auto product = [](double m, double k, double n) { return 2 * m * k * n; };

  double expected = 0;
  for (int layer = 0; layer < 2; ++layer) {
    expected += product(5, 6, 18) + product(5, 6, 6) + product(5, 6, 7) + product(5, 7, 6);
    for (const double S : {4.0, 1.0}) {
      for (int head = 0; head < 3; ++head) expected += product(S, 2, S) + product(S, S, 2);
    }
  }
  expected += product(3, 6, 6) + product(3, 6, 11);
  CHECK(forward_flops(config, lengths, 3) == expected);
  CHECK(training_flops(config, lengths, 3) == 3 * expected);
}

TEST_CASE("flops: BERT base costs 539 MFLOP a token of 128 with 15 % masked") {
  BertConfig config;
  config.vocab_size = 21128;
  const std::vector<Index> lengths(100, 128);
  CHECK(training_flops(config, lengths, 12800 * 15 / 100) / 12800 == Approx(538.9e6).epsilon(1e-4));
}
