// The weights of a run do not depend on the number of threads, nor on what is kept for the backward pass, in each
// precision and on each instruction set that this CPU has.
#include "tests/apps/all_kinds.h"
#include "tests/catch.h"
#include "tests/soak.h"

using namespace mini_bert;
using namespace mini_bert::testing;

namespace same_bits_test {

TEST_CASE("same bits: threads and gradient checkpointing, by precision and instruction set", "[apps][bits]") {
  const AllData data;
  const std::uint64_t seed = test::soak_seed(9);
  const int updates = test::soak_count(3);
  std::vector<std::string> weights;  // of each precision and set
  for (const char* set : {"portable", "avx2", "avx512"}) {
    const std::string as = fmt::format("MINI_BERT_ISA={} ", set);
    if (data.run(as + "mini_bert_predict fill-mask --model model '三[MASK]'").exit_code != 0) continue;
    for (const char* precision : {"f32", "bf16"}) {
      std::string expected;
      for (const char* flags : {"--threads 1", "--threads 3", "--threads 1 --gradient-checkpointing",
                                "--threads 2 --gradient-checkpointing"}) {
        const Outcome outcome = data.run(
            as + fmt::format("mini_bert_train --model model --train t.txt --output out --overwrite --save-steps 0 "
                             "--batch-size 4 --learning-rate 0.01 --max-steps {} --seed {} --precision {} {}",
                             updates, seed, precision, flags));
        INFO(set << " " << precision << " " << flags << "\n" << outcome.out << outcome.err);
        REQUIRE(outcome.exit_code == 0);
        const std::string model = read_file(data.path() / "out/model.safetensors");
        if (expected.empty()) expected = model;
        REQUIRE(model == expected);
      }
      weights.push_back(expected);
    }
  }
  REQUIRE(weights.size() >= 2);
  CHECK(weights[0] != weights[1]);  // bf16 is another precision: the runs compare something
}

}  // namespace same_bits_test
