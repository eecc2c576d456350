#include <sys/resource.h>

#include <limits>

#include "mini_bert/files/safetensors.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"
#include "tests/files/safetensors_file.h"
#include "tests/files/temporary_folder.h"
#include "tests/soak.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

std::string small_file(const TemporaryFolder& folder) {
  write_safetensors(folder / "small",
                    std::vector<NamedTensor>{{"bert.pooler.dense.weight", Tensor::zeros({3, 2})},
                                             {"bert.pooler.dense.bias", Tensor::zeros({3})},
                                             {"empty", Tensor::zeros({0})}},
                    StorageType::bf16);
  return content_of(folder / "small");
}

// Reads everything there is, as a program would. True when the file was accepted.
bool accepted(const std::filesystem::path& path) {
  try {
    const SafetensorsFile file(path);
    for (const StoredTensor& tensor : file.tensors()) {
      try {
        const Tensor read = file.read(tensor.name);
        REQUIRE(read.size() == tensor.size());
      } catch (const Error&) {  // stored as integers, for example
      }
    }
    return true;
  } catch (const Error& error) {
    REQUIRE(std::string_view(error.what()).find('\n') == std::string_view::npos);
    return false;
  }
}

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_({.seed = seed}) {}

  std::string mutate(std::string bytes) {
    const int times = 1 + static_cast<int>(below(3));
    for (int i = 0; i < times; ++i) mutate_once(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) {
    return random_.below(static_cast<std::uint32_t>(std::max(limit, std::size_t{1})));
  }

  void mutate_once(std::string& bytes) {
    static const std::vector<std::string> pieces = {"{",
                                                    "}",
                                                    "[",
                                                    "]",
                                                    ",",
                                                    ":",
                                                    "\"",
                                                    "0",
                                                    "-1",
                                                    "1e9",
                                                    "2147483648",
                                                    "4294967296",
                                                    "9223372036854775807",
                                                    "9223372036854775808",
                                                    "18446744073709551615",
                                                    "null",
                                                    "true",
                                                    "\"F64\"",
                                                    "\"U8\"",
                                                    "\"F4\"",
                                                    "\"dtype\"",
                                                    "\"shape\"",
                                                    "\"data_offsets\"",
                                                    "\"__metadata__\"",
                                                    " ",
                                                    "\n",
                                                    std::string(1, '\0'),
                                                    "\xff",
                                                    "\\u0000",
                                                    "\\"};
    const std::size_t at = below(bytes.size());
    switch (below(7)) {
      case 0:  // a bit
        if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:  // a byte
        if (!bytes.empty()) bytes[at] = static_cast<char>(below(256));
        break;
      case 2:
        bytes.erase(at, 1 + below(12));
        break;
      case 3:
        bytes.insert(at, pieces[below(pieces.size())]);
        break;
      case 4: {  // over a number or a word
        const std::string& piece = pieces[below(pieces.size())];
        bytes.replace(at, std::min(piece.size(), bytes.size() - at), piece);
        break;
      }
      case 5:
        bytes.insert(at, bytes.substr(below(bytes.size()), below(80)));
        break;    // a piece of itself
      default: {  // the header's length
        static constexpr std::uint64_t lengths[] = {0, 1, 2, 1u << 31, 1ull << 32, 1ull << 63, ~0ull, 100'000'000};
        const std::uint64_t length = below(2) == 0 ? lengths[below(8)] : below(600);
        if (bytes.size() >= 8) std::memcpy(bytes.data(), &length, 8);
        break;
      }
    }
    // Half of the time the length is made right again, so that the mutation reaches the parser.
    if (below(2) == 0 && bytes.size() >= 8) {
      const std::size_t brace = bytes.rfind("}}");
      if (brace != std::string::npos && brace >= 8) {
        const std::uint64_t length = brace + 2 - 8;
        std::memcpy(bytes.data(), &length, 8);
      }
    }
  }

  RandomSequence random_;
};

long peak_kilobytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_CASE("safetensors: a file cut off anywhere is refused") {
  const TemporaryFolder folder;
  const std::string bytes = small_file(folder);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    REQUIRE_FALSE(accepted(folder.put("cut", std::string_view(bytes).substr(0, length))));
  }
  REQUIRE(accepted(folder.put("whole", bytes)));
}

TEST_CASE("safetensors: whichever bit is flipped, nothing crashes") {
  const TemporaryFolder folder;
  const std::string bytes = small_file(folder);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    accepted(folder.put("flipped", flipped));
  }
}

TEST_CASE("safetensors: mutated files never crash and never ask for much memory") {
  const TemporaryFolder folder;
  const std::string bytes = small_file(folder);
  Mutator mutator(test::soak_seed(7));
  const long before = peak_kilobytes();
  int good = 0;
  constexpr int files = 20000;
  for (int i = 0; i < files; ++i) good += accepted(folder.put("mutated", mutator.mutate(bytes)));
  CHECK(good > 0);          // some mutations do no harm,
  CHECK(good < files / 2);  // most do
  CHECK(peak_kilobytes() - before < 100'000);
}
