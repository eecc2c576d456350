#include "mini_bert/base/memory_left.h"

#include <fstream>

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

namespace mini_bert::memory_left_testing {

namespace fs = std::filesystem;

// Folders in place of the system's, with a machine that can give 8 GB (8,000,000 kB).
class System {
 public:
  System() { write("proc/meminfo", "MemTotal: 16000000 kB\nMemFree: 1 kB\nMemAvailable:    8000000 kB\n"); }

  void write(const fs::path& path, const std::string& text) const {
    fs::create_directories((folder_.path() / path).parent_path());
    std::ofstream(folder_.path() / path) << text;
  }
  SystemFolders folders() const { return {.proc = folder_.path() / "proc", .cgroups = folder_.path() / "cgroup"}; }
  MemoryLeft left() const {
    const auto left = memory_left(folders());
    REQUIRE(left.has_value());
    return *left;
  }

 private:
  test::TemporaryFolder folder_;
};

constexpr std::uint64_t machine = 8'000'000ull * 1024;

TEST_CASE("memory left: of a machine without control groups, what it calls available") {
  const System system;
  CHECK(system.left().bytes == machine);
  CHECK(system.left().limit == "this machine");
}

TEST_CASE("memory left: a control group of version 2, and one around it") {
  const System system;
  system.write("proc/self/cgroup", "0::/jobs/7\n");
  system.write("cgroup/jobs/7/memory.max", "max\n");
  system.write("cgroup/jobs/7/memory.current", "500000000\n");
  CHECK(system.left().bytes == machine);

  system.write("cgroup/jobs/memory.max", "3000000000\n");
  system.write("cgroup/jobs/memory.current", "1000000000\n");
  CHECK(system.left().bytes == 2'000'000'000);
  CHECK(system.left().limit == "the control group /jobs");

  system.write("cgroup/jobs/7/memory.max", "700000000\n");
  CHECK(system.left().bytes == 200'000'000);
  CHECK(system.left().limit == "the control group /jobs/7");
}

TEST_CASE("memory left: pages of files that nobody used lately are free, and a group above its limit has nothing") {
  const System system;
  system.write("proc/self/cgroup", "0::/\n");
  system.write("cgroup/memory.max", "1000\n");
  system.write("cgroup/memory.current", "900\n");
  system.write("cgroup/memory.stat", "anon 100\nfile 800\nactive_file 50\ninactive_file 750\n");
  CHECK(system.left().bytes == 850);
  system.write("cgroup/memory.current", "9000\n");
  CHECK(system.left().bytes == 0);
  system.write("cgroup/memory.current", "100\n");  // the two files are not of one moment
  CHECK(system.left().bytes == 1000);
}

TEST_CASE("memory left: a control group of version 1, also where a container sees its own as the root") {
  const System system;
  system.write("proc/self/cgroup", "12:pids:/docker/abc\n4:cpu,memory:/docker/abc\n0::/other\n");
  system.write("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  system.write("cgroup/memory/memory.usage_in_bytes", "5000\n");
  CHECK(system.left().bytes == machine);
  system.write("cgroup/memory/memory.limit_in_bytes", "6000\n");
  system.write("cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 400\n");
  CHECK(system.left().bytes == 1400);
  CHECK(system.left().limit == "the control group /");
}

TEST_CASE("memory left: what the system does not tell, or tells in other words, is left out") {
  const test::TemporaryFolder nothing;
  const SystemFolders folders = {.proc = nothing.path(), .cgroups = nothing.path()};
  CHECK_FALSE(memory_left(folders).has_value());
  CHECK_FALSE(resident_memory(folders).has_value());

  const System system;
  for (const char* cgroup : {"", "\n\n", "0", "0:", "::", "0::", "0::/../..", "x:memory:", "0::relative"}) {
    system.write("proc/self/cgroup", cgroup);
    for (const char* max : {"", "-5\n", "lots\n", "99999999999999999999999\n"}) {
      system.write("cgroup/memory.max", max);
      system.write("cgroup/memory.current", "5\n");
      INFO(cgroup << " " << max);
      CHECK(system.left().bytes == machine);
    }
  }
  system.write("proc/meminfo", "MemAvailable: 99999999999999999999 kB\n");
  CHECK_FALSE(memory_left(system.folders()).has_value());
}

TEST_CASE("memory left: the resident set, now and at its peak") {
  const System system;
  system.write("proc/self/status", "Name:\tx\nVmPeak:\t 900 kB\nVmHWM:\t     300 kB\nVmRSS:\t     200 kB\n");
  const auto resident = resident_memory(system.folders());
  REQUIRE(resident.has_value());
  CHECK(resident->now == 200 * 1024);
  CHECK(resident->peak == 300 * 1024);
#if defined(__linux__)
  const auto own = resident_memory();
  REQUIRE(own.has_value());
  CHECK(own->now > 1'000'000);
  CHECK(own->peak >= own->now);
  CHECK(memory_left().has_value());
#endif
}

}  // namespace mini_bert::memory_left_testing
