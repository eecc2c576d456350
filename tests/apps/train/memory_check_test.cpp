#include "apps/train/memory_check.h"

#include "apps/train/read_inputs.h"
#include "apps/train/train_options.h"
#include "tests/apps/program_testing.h"
#include "tests/catch.h"

namespace mini_bert::memory_check_testing {

namespace fs = std::filesystem;

// A model with activations of some 100 MB, in a machine of which a test says how much is left.
class Machine {
 public:
  Machine() {
    testing::write_tiny_model(folder_ / "model");
    testing::write_file(folder_ / "config.json",
                        R"({"vocab_size": 37, "hidden_size": 128, "num_hidden_layers": 12, "num_attention_heads": 4,)"
                        R"("intermediate_size": 512, "max_position_embeddings": 128, "type_vocab_size": 2})");
    std::string text;
    for (int i = 0; i < 60; ++i) text += "天地";
    std::string texts;
    for (int i = 0; i < 32; ++i) texts += text + "\n";
    testing::write_file(folder_ / "t.txt", texts);
    words_ = {"--config",     folder_ / "config.json",
              "--vocab",      folder_ / "model/vocab.txt",
              "--train",      folder_ / "t.txt",
              "--output",     folder_ / "out",
              "--batch-size", "16",
              "--precision",  "f32"};
  }

  // Returns the plan. Words come after those of the machine.
  std::size_t plan(const std::string& more = "") const {
    std::vector<std::string> words = words_;
    std::istringstream stream(more);
    for (std::string word; stream >> word;) words.push_back(word);
    const TrainOptions options = complete_options(words);
    const TrainingInputs inputs = read_inputs(options);
    return require_memory(options, inputs, {.proc = folder_ / "proc", .cgroups = folder_ / "none"});
  }

  // Leaves `bytes` for a run, with what this process has.
  void leave(double bytes) const {
    const double left = (bytes - static_cast<double>(resident_memory()->now)) / 1024;
    testing::write_file(folder_ / "proc/meminfo", fmt::format("MemAvailable: {} kB\n", static_cast<long>(left)));
  }

 private:
  test::TemporaryFolder folder_;
  std::vector<std::string> words_;
};

TEST_CASE("memory check: a run that does not fit is refused, and each choice that the message names fits") {
  const Machine machine;
  const auto all = static_cast<double>(machine.plan());  // no meminfo: nothing is refused
  machine.leave(all * 1.1);
  CHECK_NOTHROW(machine.plan());
  machine.leave(all * 0.75);
  const std::string message = test::error_of([&] { machine.plan(); });
  INFO(message);
  CHECK(message.starts_with("this run needs "));
  CHECK_THAT(message, ContainsSubstring("of memory, and this machine has "));
  const std::string before = "it would fit with ", between = ", or with ";
  const std::size_t begin = message.find(before);
  REQUIRE(begin != message.npos);
  int choices = 0;
  for (std::size_t at = begin + before.size(); at != message.npos && at < message.size(); ++choices) {
    const std::size_t end = message.find(between, at);
    const std::string flags = message.substr(at, end == message.npos ? end : end - at);
    INFO(flags);
    std::string words = flags;
    CHECK_NOTHROW(machine.plan(words));
    at = end == message.npos ? end : end + between.size();
  }
  CHECK(choices >= 2);
  CHECK_THAT(message, ContainsSubstring("--gradient-checkpointing"));
}

TEST_CASE("memory check: where nothing fits, the message says so") {
  const Machine machine;
  machine.leave(static_cast<double>(resident_memory()->now) + 1e6);
  CHECK_THAT(test::error_of([&] { machine.plan(); }), ContainsSubstring("no smaller batch fits"));
}

}  // namespace mini_bert::memory_check_testing
