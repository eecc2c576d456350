#include "tests/fuzz/readers.h"

#include <filesystem>

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"
#include "tests/fuzz/mutator.h"
#include "tests/soak.h"

using namespace mini_bert;
using namespace mini_bert::fuzz;

TEST_CASE("readers: each accepts at least one of its seeds") {
  for (const Reader& reader : readers()) {
    CAPTURE(reader.name);
    bool any = false;
    for (const std::string& seed : reader.seeds()) any |= accepts(reader, seed);
    CHECK((any || reader.name == "weight_index"));  // there is no file that the index could name
  }
}

TEST_CASE("readers: seeds cut off anywhere are read or refused with one line") {
  for (const Reader& reader : readers()) {
    for (const std::string& seed : reader.seeds()) {
      const std::size_t step = reader.name == "arguments" || seed.size() > 2000 ? seed.size() / 50 + 1 : 1;
      for (std::size_t length = 0; length < seed.size(); length += step) {
        CAPTURE(reader.name, length);
        REQUIRE_NOTHROW(accepts(reader, std::string_view(seed).substr(0, length)));
      }
    }
  }
}

TEST_CASE("readers: mutated seeds are read or refused with one line") {
  Mutator mutator(test::soak_seed(11));
  for (const Reader& reader : readers()) {
    const std::vector<std::string> seeds = reader.seeds();
    const int count = test::soak_count(reader.name == "arguments" ? 30 : 300);
    for (int i = 0; i < count; ++i) {
      const std::string bytes = mutator.mutate(seeds[static_cast<std::size_t>(i) % seeds.size()]);
      CAPTURE(reader.name, i, bytes);
      REQUIRE_NOTHROW(accepts(reader, bytes));
    }
  }
}

// tests/fuzz/crashes/<reader>/ has every input that a reader once failed on.
TEST_CASE("readers: what once crashed does so no more") {
  namespace fs = std::filesystem;
  int files = 0;
  for (const auto& place : fs::directory_iterator(MINI_BERT_SOURCE_DIR "/tests/fuzz/crashes")) {
    if (!place.is_directory()) continue;
    const Reader& reader = reader_named(place.path().filename().string());
    for (const auto& file : fs::directory_iterator(place)) {
      CAPTURE(file.path().string());
      REQUIRE_NOTHROW(accepts(reader, test::content_of(file.path())));
      ++files;
    }
  }
  CHECK(files > 0);
}
