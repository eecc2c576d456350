#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace mini_bert {

// Where Linux tells about processes and control groups. Tests give folders of their own.
struct SystemFolders {
  std::filesystem::path proc = "/proc", cgroups = "/sys/fs/cgroup";
};

// How much more memory this process can take before the system swaps, or ends it.
struct MemoryLeft {
  std::uint64_t bytes = 0;
  std::string limit;  // what sets the limit: "this machine", or "the control group /jobs/7"
};

// The least of
//   MemAvailable of /proc/meminfo: what the machine can give without swapping;
//   for the process's control group and each group around it, version 1 or 2, its limit less what it uses. Pages of
//   files that nobody used lately (inactive_file) count as free: at the limit the kernel reclaims them before it ends
//   a process.
// Nothing where the system does not tell, as on systems other than Linux. What cannot be read or understood is left
// out.
std::optional<MemoryLeft> memory_left(const SystemFolders& system = {});

// The resident set of this process in bytes: its memory that is in the machine's memory, with the pages of mapped
// files.
struct ResidentMemory {
  std::uint64_t now = 0, peak = 0;
};

// Nothing where the system does not tell.
std::optional<ResidentMemory> resident_memory(const SystemFolders& system = {});

}  // namespace mini_bert
