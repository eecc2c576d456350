// A hostile file of weights is small and names many things. Reading one may take twice its size and a constant.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "mini_bert/files/safetensors_header.h"
#include "mini_bert/files/tensorflow_checkpoint.h"
#include "mini_bert/files/torch_file.h"
#include "tests/catch.h"
#include "tests/files/tensorflow_bytes.h"
#include "tests/files/torch_bytes.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace weight_files_memory_test {

long peak_kilobytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// How far a child process grows while it does the work.
long growth_kilobytes(const std::function<void()>& work) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const long before = peak_kilobytes();
    try {
      work();
    } catch (const Error&) {  // refused, which is right
    } catch (...) {
      ::_exit(2);
    }
    const long growth = peak_kilobytes() - before;
    ::_exit(::write(ends[1], &growth, sizeof growth) == sizeof growth ? 0 : 1);
  }
  long growth = 0;
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  REQUIRE(::read(ends[0], &growth, sizeof growth) == sizeof growth);
  ::close(ends[0]);
  ::close(ends[1]);
  return growth;
}

std::string repeated(std::size_t bytes, const std::function<std::string(std::size_t)>& piece) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) text += piece(i);
  return text;
}

using Parse = void (*)(std::span<const std::byte> bytes);
void check_growth(const std::string& what, const std::string& bytes, Parse parse) {
  const long constant =
      std::getenv("ASAN_OPTIONS") == nullptr ? 32'000 : 200'000;  // kilobytes; sanitizers keep freed memory
  const long growth = growth_kilobytes([&] { parse(std::as_bytes(std::span(bytes))); });
  INFO(what << ": a file of " << bytes.size() / 1000 << " kB took " << growth << " kB");
  CHECK(growth <= 2 * static_cast<long>(bytes.size()) / 1000 + constant);
}

constexpr std::size_t megabyte = 1'000'000;

TEST_CASE("weight files: a hostile pickle takes twice its size and a constant") {
  const Parse parse = [](std::span<const std::byte> bytes) { parse_torch_file(bytes, "x.bin"); };
  const std::string zero(1, '\0');
  for (const std::size_t size : {megabyte, 8 * megabyte}) {
    for (const auto& [what, piece] : std::vector<std::pair<std::string, std::string>>{
             {"none", "N"},
             {"empty dictionaries", "}"},
             {"tuples in each other", ")\x85"},
             {"marks", "("},
             {"memo entries", "N\x94"},
             {"lists of one value", "]h" + zero + "a"},
             {"tuples of three", "NNN\x87"},
             {"tuples of a thousand", "(" + repeated(2000, [&](std::size_t) { return "h" + zero; }) + "t"},
             {"texts", "U" + zero}}) {
      check_growth(what, torch_zip("\x80\x02N\x94" + repeated(size, [&piece = piece](std::size_t) { return piece; })),
                   parse);
    }
    const std::string tensors = repeated(size, [](std::size_t i) {
      return "U\4" + little_endian(static_cast<std::uint32_t>(i)) + std::string("h\0", 2);
    });
    check_growth("names of one tensor",
                 torch_zip("\x80\x02}(" + pickled::text("w") + pickled::matrix() + "\x94" + tensors + "u."), parse);
  }
}

TEST_CASE("weight files: a hostile header of safetensors does not fill the memory") {
  const Parse parse = [](std::span<const std::byte> bytes) { parse_safetensors_header(bytes, "x.safetensors"); };
  const std::string tensors = repeated(8 * megabyte, [](std::size_t i) {
    return fmt::format(R"("{:x}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}},)", i);
  });
  const std::string texts = repeated(8 * megabyte, [](std::size_t i) { return fmt::format(R"("{:x}":"",)", i); });
  for (const std::string& json : {"{" + tensors + R"("x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                                  R"({"__metadata__":{)" + texts + R"("x":""}})"}) {
    check_growth("safetensors", little_endian<std::uint64_t>(json.size()) + json, parse);
  }
}

TEST_CASE("weight files: a hostile zip directory does not fill the memory") {
  std::vector<ZipFile> files;
  for (std::size_t i = 0; i < 60'000; ++i) files.push_back({.name = fmt::format("{:x}", i), .content = ""});
  check_growth("zip", zip_bytes(files), [](std::span<const std::byte> bytes) { parse_torch_file(bytes, "x.bin"); });
}

}  // namespace weight_files_memory_test
