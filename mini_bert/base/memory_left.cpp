#include "mini_bert/base/memory_left.h"

#include <fmt/core.h>

#include <charconv>
#include <fstream>
#include <string_view>

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

// The unsigned number at the beginning of a text, after blanks. "max", and what is too large, is no number.
std::optional<std::uint64_t> number_at(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

// The number of a file that holds nothing else.
std::optional<std::uint64_t> number_in(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  return std::getline(file, line) ? number_at(line) : std::nullopt;
}

// The number after `key` at the beginning of a line: "MemAvailable:   1234 kB", "inactive_file 1234".
std::optional<std::uint64_t> number_of(const fs::path& path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key)) return number_at(std::string_view(line).substr(key.size()));
  }
  return std::nullopt;
}

// The same for a number of kB.
std::optional<std::uint64_t> bytes_of(const fs::path& path, std::string_view key) {
  const auto number = number_of(path, key);
  if (!number || *number > (std::uint64_t{1} << 50)) return std::nullopt;
  return *number * 1024;
}

// What the two versions of control groups call their files.
struct GroupFiles {
  const char *folder, *limit, *used, *unused_pages;
};
constexpr GroupFiles version_1 = {"memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "};
constexpr GroupFiles version_2 = {"", "memory.max", "memory.current", "inactive_file "};

// What a group leaves; nothing where it has no limit. Version 1 writes a number near 2^63 for none.
std::optional<std::uint64_t> left_in(const fs::path& group, const GroupFiles& files) {
  const auto limit = number_in(group / files.limit), used = number_in(group / files.used);
  if (!limit || !used || *limit >= (std::uint64_t{1} << 60)) return std::nullopt;
  const std::uint64_t unused = number_of(group / "memory.stat", files.unused_pages).value_or(0);
  const std::uint64_t held = *used > unused ? *used - unused : 0;
  return *limit > held ? *limit - held : 0;
}

void take_least(std::optional<MemoryLeft>& least, std::optional<std::uint64_t> bytes, const std::string& limit) {
  if (bytes && (!least || *bytes < least->bytes)) least = {.bytes = *bytes, .limit = limit};
}

// The group of a path like "/jobs/7" and all groups around it. A container may see only its own group, at the root.
void add_groups(const fs::path& root, const std::string& path, const GroupFiles& files,
                std::optional<MemoryLeft>& least) {
  for (fs::path group = fs::path(path).relative_path();; group = group.parent_path()) {
    take_least(least, left_in(root / files.folder / group, files), "the control group /" + group.string());
    if (group.empty()) return;
  }
}

}  // namespace

std::optional<MemoryLeft> memory_left(const SystemFolders& system) {
  std::optional<MemoryLeft> least;
  take_least(least, bytes_of(system.proc / "meminfo", "MemAvailable:"), "this machine");
  // Lines "0::/path" of version 2, and "4:cpu,memory:/path" of version 1.
  std::ifstream file(system.proc / "self" / "cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    const std::string path = line.substr(second + 1);
    if (path.find("..") != std::string::npos) continue;  // a group outside of what this process sees
    if (controllers == ",,") add_groups(system.cgroups, path, version_2, least);
    if (controllers.find(",memory,") != std::string::npos) add_groups(system.cgroups, path, version_1, least);
  }
  return least;
}

std::optional<ResidentMemory> resident_memory(const SystemFolders& system) {
  const fs::path status = system.proc / "self" / "status";
  const auto now = bytes_of(status, "VmRSS:"), peak = bytes_of(status, "VmHWM:");
  if (!now || !peak) return std::nullopt;
  return ResidentMemory{.now = *now, .peak = *peak};
}

}  // namespace mini_bert
