// One reader under libFuzzer, which ignores flags that begin with --:
//   fuzz --reader=NAME CORPUS…     fuzz --list     fuzz --write-seeds=FOLDER: FOLDER/<reader>/<n>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/files/temporary_folder.h"
#include "tests/fuzz/readers.h"

namespace {

using namespace mini_bert;

const fuzz::Reader* reader = nullptr;

void write_seeds(const std::filesystem::path& folder) {
  for (const fuzz::Reader& each : fuzz::readers()) {
    const std::filesystem::path place = folder / each.name;
    std::filesystem::create_directories(place);
    int number = 0;
    for (const std::string& seed : each.seeds()) {
      std::ofstream(place / ("seed-" + std::to_string(number++)), std::ios::binary) << seed;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument = (*argv)[i];
    if (argument.starts_with("--reader=")) reader = &fuzz::reader_named(argument.substr(9));
    if (argument.starts_with("--write-seeds=")) write_seeds(argument.substr(14));
    if (argument == "--list") {
      for (const fuzz::Reader& each : fuzz::readers()) std::printf("%s\n", std::string(each.name).c_str());
    }
  }
  if (reader == nullptr) std::exit(0);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::accepts(*reader, {reinterpret_cast<const char*>(data), size});  // what it throws ends the process
  return 0;
}
