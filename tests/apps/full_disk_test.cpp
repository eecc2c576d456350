// A disk that is full, whenever that is: a run says so in one line, loses nothing that was saved, and goes on to the
// same bits once there is room. tests/files/failing_calls_test.cpp lets single calls fail; this fills a file system.
#include "tests/apps/all_kinds.h"
#include "tests/catch.h"
#include "tests/soak.h"

#ifdef MINI_BERT_SMALL_DISKS

using namespace mini_bert;
using namespace mini_bert::testing;

namespace full_disk_test {

TEST_CASE("full disk: a run says so, and goes on to the same bits when there is room", "[apps][full_disk]") {
  const AllData data;
  const std::string train =
      "mini_bert_train --model model --train t.txt --threads 1 --max-steps 4 --save-steps 1 --logging-steps 1 ";
  REQUIRE(data.run(train + "--output unbroken").exit_code == 0);
  fs::create_directory(data.path() / "disk");
  // Everything happens in a namespace of mounts that ends with the command.
  write_file(data.path() / "fill.sh",
             "mount -t tmpfs -o size=$1k none disk || exit 99\n" + train +
                 "--output disk/out 2>first.txt\n"
                 "code=$?\n"
                 "[ $code -eq 0 ] && { cp disk/out/model.safetensors ended; exit 0; }\n"
                 "[ $code -eq 1 ] && [ $(wc -l <first.txt) -eq 1 ] || exit 98\n"
                 "mount -o remount,size=100m disk || exit 97\n"
                 "ls -d disk/out/checkpoint-* >/dev/null 2>&1 && command='mini_bert_train --resume' || command='" +
                 train +
                 "--overwrite'\n"
                 "$command --output disk/out || exit 96\n"
                 "cp disk/out/model.safetensors ended && exit 10\n");
  const int step = 60 / test::soak_count(1) + 1, first = 16 + static_cast<int>(test::soak_seed(0) % 60);
  int full = 0, size = first;
  for (bool fits = false; !fits; size += step) {
    REQUIRE(size < 4000);
    fs::remove(data.path() / "ended");
    const Outcome outcome = data.run(fmt::format("unshare --map-root-user --mount sh fill.sh {}", size));
    INFO(size << " kB\n" << read_file(data.path() / "first.txt") << outcome.out << outcome.err);
    REQUIRE((outcome.exit_code == 0 || outcome.exit_code == 10));
    fits = outcome.exit_code == 0;
    if (!fits) {
      ++full;
      REQUIRE_THAT(read_file(data.path() / "first.txt"), ContainsSubstring("disk"));
    }
    REQUIRE(read_file(data.path() / "ended") == read_file(data.path() / "unbroken/model.safetensors"));
  }
  CHECK(full > 0);
}

TEST_CASE("full disk: an output that may only be read is refused before the model is, by --check too",
          "[apps][full_disk]") {
  const AllData data;
  fs::create_directory(data.path() / "disk");
  write_file(data.path() / "mount.sh",
             "mount -t tmpfs -o size=100m none disk && mkdir disk/old && mount -o remount,ro disk && exec \"$@\"\n");
  for (const char* const output : {"disk/old", "disk/new/deep"}) {
    for (const char* const end : {"--check", "--max-steps 1"}) {
      const Outcome outcome = data.run(
          fmt::format("unshare --map-root-user --mount sh mount.sh mini_bert_train --model model --train t.txt "
                      "--output {} {}",
                      output, end));
      CAPTURE(output, end, outcome.out, outcome.err);
      CHECK(outcome.exit_code == 1);
      CHECK(outcome.out.empty());
      CHECK_THAT(outcome.err, ContainsSubstring("disk") && ContainsSubstring(": cannot be written: "));
    }
  }
}

}  // namespace full_disk_test

#endif
