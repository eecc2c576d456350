#include <sys/resource.h>

#include "mini_bert/files/tensorflow_checkpoint.h"
#include "mini_bert/files/torch_file.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"
#include "tests/files/tensorflow_bytes.h"
#include "tests/soak.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace weight_files_fuzz_test {

// Bits, bytes, pieces and numbers of a file, put where they do not belong.
class BinaryMutator {
 public:
  explicit BinaryMutator(std::uint64_t seed) : random_({.seed = seed}) {}

  std::string mutate(std::string bytes) {
    const std::size_t times = 1 + below(3);
    for (std::size_t i = 0; i < times; ++i) mutate_once(bytes);
    return bytes;
  }
  std::size_t below(std::size_t limit) {
    return random_.below(static_cast<std::uint32_t>(std::max(limit, std::size_t{1})));
  }

 private:
  void mutate_once(std::string& bytes) {
    static constexpr std::uint64_t numbers[] = {0,          1,          2,          0x7f,       0x80,
                                                0xff,       0xffff,     0x7fffffff, 0x80000000, 0xffffffff,
                                                1ull << 62, ~0ull >> 1, 1ull << 63, ~0ull};
    static constexpr std::string_view opcodes =
        "()}]ctRQbuaesqrhj.XTUJKMGN\x80\x85\x86\x87\x88\x89\x8a\x8c\x93\x94\x95";
    const std::size_t at = below(bytes.size());
    switch (below(7)) {
      case 0:
        if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        if (!bytes.empty()) bytes[at] = opcodes[below(opcodes.size())];
        break;
      case 2:
        bytes.insert(at, 1, opcodes[below(opcodes.size())]);
        break;
      case 3:
        bytes.erase(at, 1 + below(12));
        break;
      case 4: {
        const std::size_t width = std::size_t{1} << below(4);
        bytes.replace(at, std::min(width, bytes.size() - at), little_endian(numbers[below(14)]).substr(0, width));
        break;
      }
      case 5:
        bytes.insert(at, bytes.substr(below(bytes.size()), below(80)));
        break;
      default:
        bytes.resize(bytes.size() - below(20) % (bytes.size() + 1));
        break;
    }
  }

  RandomSequence random_;
};

// True when the file was accepted; then all of it is read, as a program would.
template <class Open>
bool accepted(const Open& open) {
  try {
    for (const TensorFile& file : open()) {
      for (const StoredTensor& tensor : file.tensors()) {
        try {
          const Tensor read = file.read(tensor.name);
          REQUIRE(read.size() == tensor.size());
        } catch (const Error&) {  // stored as integers, for example
        }
      }
    }
    return true;
  } catch (const Error& error) {
    REQUIRE(std::string_view(error.what()).find('\n') == std::string_view::npos);
    return false;
  }
}

bool torch_accepted(const std::filesystem::path& path) {
  return accepted([&] {
    std::vector<TensorFile> files;
    files.push_back(open_torch_file(path));
    return files;
  });
}

long peak_kilobytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

constexpr int files = 20000;

TEST_CASE("torch: a file cut off anywhere is refused") {
  const TemporaryFolder folder;
  for (const std::string& bytes :
       {torch_zip(pickled::whole(pickled::dict({{"w", pickled::matrix()}}))), TorchLegacy().bytes()}) {
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      CAPTURE(length);
      REQUIRE_FALSE(torch_accepted(folder.put("cut", std::string_view(bytes).substr(0, length))));
    }
    REQUIRE(torch_accepted(folder.put("whole", bytes)));
  }
}

TEST_CASE("torch: mutated files never crash and never ask for much memory") {
  const TemporaryFolder folder;
  const long before = peak_kilobytes();
  BinaryMutator mutator(test::soak_seed(3));
  const TorchLegacy legacy;
  const std::string pickle = pickled::whole(pickled::dict({{"v", pickled::matrix()}, {"w", pickled::matrix()}}));
  int good = 0;
  for (int i = 0; i < files; ++i) {
    std::string bytes;
    switch (i % 4) {
      case 0:  // anywhere in the archive
        bytes = mutator.mutate(torch_zip(pickle));
        break;
      case 1:  // in the pickle of a sound archive
        bytes = torch_zip(mutator.mutate(pickle));
        break;
      case 2:
        bytes = mutator.mutate(legacy.bytes());
        break;
      default:
        bytes = legacy.magic + legacy.protocol + legacy.machine + mutator.mutate(legacy.dictionary) + legacy.keys +
                legacy.storages;
    }
    good += torch_accepted(folder.put("mutated", bytes));
  }
  CHECK(good > 0);          // some mutations do no harm,
  CHECK(good < files / 2);  // most do
  CHECK(peak_kilobytes() - before < 100'000);
}

TEST_CASE("tensorflow: mutated indices never crash and never ask for much memory") {
  const TemporaryFolder folder;
  const long before = peak_kilobytes();
  BinaryMutator mutator(test::soak_seed(5));
  folder.put("m.data-00000-of-00001", std::string(64, '\1'));
  const TableEntries entries = {{"", bundle_header()},
                                {"bert/pooler/dense/bias", BundleEntry{.extents = {3}, .bytes = 12}.message()},
                                {"bert/pooler/dense/kernel", BundleEntry{.offset = 12}.message()}};
  const std::string block = table_block(entries);
  int good = 0;
  for (int i = 0; i < files; ++i) {
    std::string bytes;
    switch (i % 3) {
      case 0:
        bytes = mutator.mutate(table_around(block));
        break;
      case 1:  // with the right checksum
        bytes = table_around(mutator.mutate(block));
        break;
      default: {  // inside a message
        TableEntries changed = entries;
        std::string& message = changed[mutator.below(3)].second;
        message = mutator.mutate(message);
        bytes = table_around(table_block(changed));
      }
    }
    folder.put("m.index", bytes);
    good += accepted([&] { return open_tensorflow_checkpoint(folder / "m.index"); });
  }
  CHECK(good > 0);
  CHECK(good < files / 2);
  CHECK(peak_kilobytes() - before < 100'000);
}

}  // namespace weight_files_fuzz_test
