#include "mini_bert/files/zip_archive.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <unordered_set>

#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

constexpr std::string_view zip_remedy = "the file is damaged or not what torch.save writes; download or write it again";
constexpr std::uint64_t most_entries = 1 << 16;

constexpr std::size_t end_bytes = 22;      // end of central directory record
constexpr std::size_t locator_bytes = 20;  // zip64 end of central directory locator
constexpr std::size_t zip64_end_bytes = 56;
constexpr std::size_t central_bytes = 46;  // central directory header
constexpr std::size_t local_bytes = 30;    // local file header
constexpr std::size_t longest_comment = 65535;

constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t locator_signature = 0x07064b50;
constexpr std::uint32_t zip64_end_signature = 0x06064b50;
constexpr std::uint32_t central_signature = 0x02014b50;
constexpr std::uint32_t local_signature = 0x04034b50;

// The largest value of a 16- or 32-bit field means that the number is in the zip64 extension.
constexpr std::uint64_t see_zip64_16 = 0xffff;
constexpr std::uint64_t see_zip64_32 = 0xffffffff;

class ZipReader {
 public:
  ZipReader(std::span<const std::byte> archive, const std::string& path) : archive_(archive), path_(path) {}

  std::vector<ZipEntry> entries() {
    find_directory();
    require(count_ <= most_entries, "{}: zip directory of {} files, expected at most {}; {}", path_, count_,
            most_entries, zip_remedy);
    std::vector<ZipEntry> entries;
    std::uint64_t at = directory_begin_;
    for (std::uint64_t i = 0; i < count_; ++i) entries.push_back(next_entry(at));
    require(at == directory_end_, "{}: zip directory ends at byte {}, expected {}; {}", path_, at, directory_end_,
            zip_remedy);
    check_places(entries);
    return entries;
  }

 private:
  template <class T>
  T field(std::uint64_t at, std::string_view what) const {
    require(at <= archive_.size() && sizeof(T) <= archive_.size() - at,
            "{}: {} at byte {} lies beyond the end ({}); {}", path_, what, at, archive_.size(), zip_remedy);
    T value;
    std::memcpy(&value, archive_.data() + at, sizeof(T));
    return value;
  }

  // The record of the directory ends the file, except for a comment of unknown length.
  void find_directory() {
    require(archive_.size() >= end_bytes, "{}: has {} bytes, a zip archive has at least {}; {}", path_, archive_.size(),
            end_bytes, zip_remedy);
    const std::size_t last = archive_.size() - end_bytes;
    const std::size_t first = last - std::min(last, longest_comment);
    std::size_t at = last;
    while (field<std::uint32_t>(at, "zip end record") != end_signature) {
      require(at > first, "{}: no zip directory at the end, the file is cut short; download it again", path_);
      --at;
    }
    count_ = field<std::uint16_t>(at + 10, "number of files");
    std::uint64_t size = field<std::uint32_t>(at + 12, "directory size");
    directory_begin_ = field<std::uint32_t>(at + 16, "directory offset");
    directory_end_ = at;
    // torch writes the zip64 records even when every number fits 32 bits.
    const bool needed = count_ == see_zip64_16 || size == see_zip64_32 || directory_begin_ == see_zip64_32;
    const bool there =
        at >= locator_bytes && field<std::uint32_t>(at - locator_bytes, "zip64 locator") == locator_signature;
    require(there || !needed, "{}: no zip64 locator before byte {}, expected one; {}", path_, at, zip_remedy);
    if (there) size = read_zip64_end(at - locator_bytes);
    require(directory_begin_ <= directory_end_ && size == directory_end_ - directory_begin_,
            "{}: zip directory of {} bytes at byte {}, expected it to end at byte {}; {}", path_, size,
            directory_begin_, directory_end_, zip_remedy);
  }

  // Returns the directory's size.
  std::uint64_t read_zip64_end(std::size_t locator) {
    const auto at = field<std::uint64_t>(locator + 8, "offset of the zip64 end record");
    require(field<std::uint32_t>(at, "zip64 end record") == zip64_end_signature && at + zip64_end_bytes <= locator,
            "{}: no zip64 end record at byte {}, expected one; {}", path_, at, zip_remedy);
    count_ = field<std::uint64_t>(at + 32, "number of files");
    directory_begin_ = field<std::uint64_t>(at + 48, "directory offset");
    directory_end_ = at;
    return field<std::uint64_t>(at + 40, "directory size");
  }

  ZipEntry next_entry(std::uint64_t& at) const {
    require(field<std::uint32_t>(at, "zip directory") == central_signature,
            "{}: no file at byte {} of the zip directory, expected one; {}", path_, at, zip_remedy);
    const auto flags = field<std::uint16_t>(at + 8, "flags");
    const auto method = field<std::uint16_t>(at + 10, "compression method");
    std::uint64_t stored = field<std::uint32_t>(at + 20, "compressed size");
    std::uint64_t size = field<std::uint32_t>(at + 24, "size");
    const auto name_bytes = field<std::uint16_t>(at + 28, "name length");
    const auto extra_bytes = field<std::uint16_t>(at + 30, "length of the extra field");
    const auto comment_bytes = field<std::uint16_t>(at + 32, "comment length");
    std::uint64_t header = field<std::uint32_t>(at + 42, "offset");
    const std::uint64_t name_begin = at + central_bytes;
    const std::uint64_t extra_begin = name_begin + name_bytes;
    at = extra_begin + extra_bytes + comment_bytes;
    require(at <= directory_end_, "{}: a file's entry ends at byte {}, behind the zip directory (byte {}); {}", path_,
            at, directory_end_, zip_remedy);
    const std::string_view name(reinterpret_cast<const char*>(archive_.data()) + name_begin, name_bytes);
    read_zip64_sizes(name, extra_begin, extra_bytes, size, stored, header);
    require((flags & 1) == 0, "{}: {} is encrypted, expected a plain file; {}", path_, in_quotes(name), zip_remedy);
    require(method == 0, "{}: {} is compressed (method {}), expected it stored as torch.save does; {}", path_,
            in_quotes(name), method, zip_remedy);
    require(size == stored, "{}: {} has {} bytes, stored are {}; {}", path_, in_quotes(name), size, stored, zip_remedy);
    return locate(name, header, size);
  }

  // The extension 0x0001 holds those of the three numbers that do not fit 32 bits, in this order.
  void read_zip64_sizes(std::string_view name, std::uint64_t at, std::uint64_t bytes, std::uint64_t& size,
                        std::uint64_t& stored, std::uint64_t& header) const {
    const std::uint64_t end = at + bytes;
    while (at + 4 <= end) {
      const auto kind = field<std::uint16_t>(at, "extra field");
      const std::uint64_t next = at + 4 + field<std::uint16_t>(at + 2, "length of an extra field");
      require(next <= end, "{}: {}: an extra field ends behind the others; {}", path_, in_quotes(name), zip_remedy);
      at += 4;
      for (std::uint64_t* number : {&size, &stored, &header}) {
        if (kind != 1 || *number != see_zip64_32) continue;
        require(at + 8 <= next, "{}: {}: its zip64 extension is too short; {}", path_, in_quotes(name), zip_remedy);
        *number = field<std::uint64_t>(at, "zip64 extension");
        at += 8;
      }
      at = next;
    }
  }

  ZipEntry locate(std::string_view name, std::uint64_t header, std::uint64_t size) const {
    require(field<std::uint32_t>(header, "file header") == local_signature,
            "{}: {}: no file header at byte {}, expected one; {}", path_, in_quotes(name), header, zip_remedy);
    const std::uint64_t begin = header + local_bytes + field<std::uint16_t>(header + 26, "name length") +
                                field<std::uint16_t>(header + 28, "length of the extra field");
    require(begin <= directory_begin_ && size <= directory_begin_ - begin,
            "{}: {}: {} bytes at byte {} reach behind the files (byte {}); {}", path_, in_quotes(name), size, begin,
            directory_begin_, zip_remedy);
    return {name, static_cast<std::size_t>(begin), static_cast<std::size_t>(begin + size)};
  }

  void check_places(std::vector<ZipEntry>& entries) const {
    std::ranges::stable_sort(entries, {}, &ZipEntry::begin);
    std::unordered_set<std::string_view> names;
    std::size_t end = 0;
    for (const ZipEntry& entry : entries) {
      require(entry.begin >= end, "{}: {} begins at byte {}, inside the file before it (until {}); {}", path_,
              in_quotes(entry.name), entry.begin, end, zip_remedy);
      require(names.insert(entry.name).second, "{}: {} occurs twice, expected once; {}", path_, in_quotes(entry.name),
              zip_remedy);
      end = entry.end;
    }
  }

  const std::span<const std::byte> archive_;
  const std::string& path_;
  std::uint64_t count_ = 0;
  std::uint64_t directory_begin_ = 0;
  std::uint64_t directory_end_ = 0;
};

}  // namespace

std::vector<ZipEntry> read_stored_zip(std::span<const std::byte> archive, const std::string& path) {
  return ZipReader(archive, path).entries();
}

}  // namespace mini_bert
