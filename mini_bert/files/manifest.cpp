#include "mini_bert/files/manifest.h"

#include <map>
#include <string>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/posix.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/files/crc32c.h"

namespace fs = std::filesystem;

namespace mini_bert {
namespace {

struct ManifestEntry {
  std::uint64_t bytes = 0;
  std::string crc32c;
};
using Manifest = std::map<std::string, ManifestEntry, std::less<>>;

std::string hexadecimal(std::uint32_t checksum) {
  return fmt::format("{:08x}", checksum);
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos && name.find('\0') == name.npos;
}

// Does the work; a file that cannot be read, for whatever reason, counts as damaged.
template <class Work>
auto damaged_on_error(const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw DamagedFileError(error.what());
  }
}

Manifest read_manifest(const fs::path& folder) {
  const fs::path path = folder / manifest_name;
  const nlohmann::json json = parse_json(read_text_file(path), path.string());
  const JsonField list = JsonField(json, path.string()).object();
  Manifest manifest;
  for (const auto& [name, value] : json.items()) {
    require(is_file_name(name), "{}: {} is not the name of a file", path.string(), in_quotes(name));
    const JsonField entry = list.at(name);
    manifest[name] = {static_cast<std::uint64_t>(entry.at("bytes").integer(0)), entry.at("crc32c").text()};
  }
  return manifest;
}

// Reads the file instead of mapping it: an error of the disk is then an error of a call and not a signal.
std::uint32_t checksum_of(const fs::path& path, const posix::Descriptor& file) {
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  Crc32c sum;
  for (;;) {
    const ssize_t count = posix::retry([&] { return ::read(file.number(), buffer.data(), buffer.size()); });
    if (count < 0) fail_with_errno(path, "cannot be read", errno);
    if (count == 0) return sum.value();
    sum.add(std::span(buffer).first(static_cast<std::size_t>(count)));
  }
}

void compare(const fs::path& path, const ManifestEntry& expected) {
  const posix::OpenFile file = posix::open_to_read(path);
  require(file.size == expected.bytes, "{}: is damaged: it has {} bytes, {} says {}", path.string(), file.size,
          manifest_name, expected.bytes);
  const std::string found = hexadecimal(checksum_of(path, file.descriptor));
  require(found == expected.crc32c, "{}: is damaged: its checksum is {}, {} says {}", path.string(), found,
          manifest_name, printable(expected.crc32c));
}

}  // namespace

void write_manifest(const fs::path& folder, std::span<const WrittenFile> files) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const WrittenFile& file : files) {
    json[file.path.filename().string()] = {{"bytes", file.bytes}, {"crc32c", hexadecimal(file.crc32c)}};
  }
  write_file_atomically(folder / manifest_name, json.dump(2) + '\n');
}

bool has_manifest(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / manifest_name, ignored);
}

void verify_manifest(const fs::path& folder) {
  damaged_on_error([&] {
    for (const auto& [name, entry] : read_manifest(folder)) compare(folder / name, entry);
  });
}

void verify_file(const fs::path& folder, std::string_view name) {
  damaged_on_error([&] {
    const Manifest manifest = read_manifest(folder);
    const auto entry = manifest.find(name);
    require(entry != manifest.end(), "{}: is not listed in {}", (folder / name).string(), manifest_name);
    compare(folder / name, entry->second);
  });
}

}  // namespace mini_bert
