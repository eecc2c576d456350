// The index of a TensorFlow checkpoint: table, protocol buffers, checksums.
#include <cstring>
#include <span>
#include <unordered_set>
#include <utility>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/files/crc32c.h"
#include "mini_bert/files/tensorflow_checkpoint.h"

namespace mini_bert {
namespace {

constexpr std::string_view index_remedy =
    "the file is damaged or not a TensorFlow checkpoint's index; download it again";
constexpr std::size_t footer_bytes = 48;
constexpr std::size_t trailer_bytes = 5;  // behind each block: compression, checksum
constexpr std::uint64_t magic = 0xdb4775248b80fb57;
constexpr Index most_data_files = 99999;  // file names count with five digits

// Numbers and texts from the front of some bytes. `where` begins every message.
class Cursor {
 public:
  Cursor(std::string_view bytes, const std::string& where) : bytes_(bytes), where_(where) {}

  bool empty() const { return bytes_.empty(); }
  std::string_view rest() const { return bytes_; }

  std::string_view take(std::uint64_t count, std::string_view what) {
    require(count <= bytes_.size(), "{}: {} of {} bytes, but only {} are left; {}", where_, what, count, bytes_.size(),
            index_remedy);
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  template <class T>
  T fixed(std::string_view what) {
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }
  // Seven bits a byte, lowest first; the eighth says that more follow.
  std::uint64_t varint(std::string_view what) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = fixed<std::uint8_t>(what);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail("{}: {} is a number of more than ten bytes; {}", where_, what, index_remedy);
  }

 private:
  std::string_view bytes_;
  const std::string& where_;
};

// CRC-32C, and the rotation LevelDB applies so that a checksum of checksums is not trivial.
std::uint32_t masked_checksum(std::string_view bytes) {
  const std::uint32_t sum = crc32c(std::as_bytes(std::span(bytes)));
  return ((sum >> 15) | (sum << 17)) + 0xa282ead8u;
}

// One field of a protocol buffer. Groups, which TensorFlow does not use, are refused.
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;        // varint, fixed32, fixed64
  std::string_view message = {};  // length-delimited
};

Field next_field(Cursor& cursor) {
  const std::uint64_t tag = cursor.varint("a field");
  Field field{.number = tag >> 3};
  switch (tag & 7) {
    case 0:
      field.value = cursor.varint("a field");
      break;
    case 1:
      field.value = cursor.fixed<std::uint64_t>("a field");
      break;
    case 2:
      field.message = cursor.take(cursor.varint("a field's length"), "a field");
      break;
    case 5:
      field.value = cursor.fixed<std::uint32_t>("a field");
      break;
    default:
      cursor.take(~std::uint64_t{0}, fmt::format("a field of unknown kind {}", tag & 7));
  }
  return field;
}

// TensorShapeProto: dimensions (2), each a message with its size (1).
std::vector<Index> read_shape(std::string_view message, const std::string& where) {
  std::vector<Index> extents;
  for (Cursor dimensions(message, where); !dimensions.empty();) {
    const Field dimension = next_field(dimensions);
    if (dimension.number != 2) continue;
    std::uint64_t size = 0;
    for (Cursor fields(dimension.message, where); !fields.empty();) {
      if (const Field field = next_field(fields); field.number == 1) size = field.value;
    }
    require(std::in_range<Index>(size), "{}: extent {}, expected at most 2^63-1; {}", where,
            static_cast<std::int64_t>(size), index_remedy);
    extents.push_back(static_cast<Index>(size));
    require(extents.size() <= most_extents, "{}: more than {} extents; {}", where, most_extents, index_remedy);
  }
  return extents;
}

class IndexReader {
 public:
  IndexReader(std::span<const std::byte> file, const std::string& path)
      : file_(reinterpret_cast<const char*>(file.data()), file.size()), path_(path) {}

  TensorflowIndex read() {
    require(file_.size() >= footer_bytes, "{}: has {} bytes, expected at least {}; {}", path_, file_.size(),
            footer_bytes, index_remedy);
    const std::string_view footer_text = file_.substr(file_.size() - footer_bytes);
    std::uint64_t found_magic = 0;
    std::memcpy(&found_magic, footer_text.data() + footer_bytes - 8, 8);
    require(found_magic == magic, "{}: the last 8 bytes are {:016x}, expected {:016x}; {}", path_, found_magic, magic,
            index_remedy);
    Cursor footer(footer_text, path_);
    block(footer, "the block of metadata");  // only its checksum matters here
    for_each_entry(block(footer, "the block of blocks"), [&](const std::string&, std::string_view handle) {
      Cursor cursor(handle, path_);
      for_each_entry(block(cursor, "a block"),
                     [&](const std::string& key, std::string_view value) { add(key, value); });
    });
    require(has_header_, "{}: has no header, expected one under the empty key; {}", path_, index_remedy);
    return std::move(result_);
  }

 private:
  // The bytes of the block that a handle (offset, length) points to.
  std::string_view block(Cursor& handle, std::string_view what) const {
    const std::uint64_t offset = handle.varint(what), length = handle.varint(what);
    require(
        offset <= file_.size() && length <= file_.size() - offset && trailer_bytes <= file_.size() - offset - length,
        "{}: {} of {} bytes at byte {}, but the file has {}; {}", path_, what, length, offset, file_.size(),
        index_remedy);
    const auto compression = static_cast<unsigned char>(file_[offset + length]);
    require(compression == 0, "{}: {} is compressed (kind {}), expected it plain as TensorFlow writes indices; {}",
            path_, what, compression, index_remedy);
    std::uint32_t checksum = 0;
    std::memcpy(&checksum, file_.data() + offset + length + 1, 4);
    const std::uint32_t found = masked_checksum(file_.substr(offset, length + 1));
    require(found == checksum, "{}: {} at byte {} has the checksum {:08x}, expected {:08x}; {}", path_, what, offset,
            found, checksum, index_remedy);
    return file_.substr(offset, length);
  }

  // Each key leaves out the bytes that it shares with the key before it. The block ends with the places of keys that
  // share nothing, which only a search needs, and the number of these places.
  template <class Use>
  void for_each_entry(std::string_view block, const Use& use) const {
    require(block.size() >= 4, "{}: a block of {} bytes, expected at least 4; {}", path_, block.size(), index_remedy);
    std::uint32_t restarts = 0;
    std::memcpy(&restarts, block.data() + block.size() - 4, 4);
    require(restarts <= (block.size() - 4) / 4, "{}: a block of {} bytes with {} restart points; {}", path_,
            block.size(), restarts, index_remedy);
    std::string key;
    for (Cursor entries(block.substr(0, block.size() - 4 - 4 * std::size_t{restarts}), path_); !entries.empty();) {
      const std::uint64_t shared = entries.varint("a key"), own = entries.varint("a key");
      const std::uint64_t length = entries.varint("a value's length");
      require(shared <= key.size(), "{}: a key shares {} bytes with one of {}; {}", path_, shared, key.size(),
              index_remedy);
      key.resize(shared);
      key += entries.take(own, "a key");
      use(key, entries.take(length, "a value"));
    }
  }

  void add(const std::string& key, std::string_view value) {
    if (key.empty()) return read_header(value);
    require(names_.insert(key).second, "{}: variable {} occurs twice, expected once; {}", path_, in_quotes(key),
            index_remedy);
    require(names_.size() <= most_tensors, "{}: more than {} variables; {}", path_, most_tensors, index_remedy);
    result_.variables.push_back(read_entry(key, value));
  }

  // BundleHeaderProto: number of data files (1), byte order (2: 0 is little).
  void read_header(std::string_view message) {
    has_header_ = true;
    for (Cursor cursor(message, path_); !cursor.empty();) {
      const Field field = next_field(cursor);
      if (field.number == 1) {
        require(field.value >= 1 && field.value <= most_data_files, "{}: {} data files, expected 1 to {}; {}", path_,
                field.value, most_data_files, index_remedy);
        result_.shards = static_cast<Index>(field.value);
      }
      require(field.number != 2 || field.value == 0,
              "{}: the data is big-endian, expected little-endian; write the checkpoint on another machine", path_);
    }
  }

  // BundleEntryProto: type (1), shape (2), data file (3), offset (4), bytes (5), checksum (6), slices (7).
  TensorflowVariable read_entry(const std::string& key, std::string_view message) const {
    const std::string where = fmt::format("{}: variable {}", path_, in_quotes(key));
    TensorflowVariable variable;
    StoredTensor& tensor = variable.tensor;
    tensor.name = key;
    std::uint64_t type = 0, shard = 0, offset = 0, bytes = 0;
    for (Cursor cursor(message, where); !cursor.empty();) {
      const Field field = next_field(cursor);
      if (field.number == 1) type = field.value;
      if (field.number == 2) tensor.extents = read_shape(field.message, where);
      if (field.number == 3) shard = field.value;
      if (field.number == 4) offset = field.value;
      if (field.number == 5) bytes = field.value;
      require(field.number != 7, "{}: is stored in slices, expected it whole; save it without partitions", where);
    }
    const StoredType* known_type = find_stored_type(&StoredType::tensorflow, type);
    // A variable of another type, a text for example, is listed but cannot be read.
    tensor.type = known_type ? *known_type : StoredType{.name = "another type"};
    require(shard < most_data_files, "{}: is in data file {}, expected one of {}; {}", where, shard, result_.shards,
            index_remedy);
    variable.shard = static_cast<Index>(shard);
    const auto needed = bytes_needed(tensor.type, tensor.extents);
    require(needed && (!known_type || *needed == bytes), "{}: has {} bytes, but {} of shape {} needs {}; {}", where,
            bytes, tensor.type.name, tensor.shape(), needed ? fmt::format("{}", *needed) : "an impossible number",
            index_remedy);
    require(!__builtin_add_overflow(offset, bytes, &tensor.end), "{}: {} bytes at byte {} are no place in a file; {}",
            where, bytes, offset, index_remedy);
    tensor.begin = offset;
    return variable;
  }

  const std::string_view file_;
  const std::string& path_;
  TensorflowIndex result_;
  bool has_header_ = false;
  std::unordered_set<std::string> names_;
};

}  // namespace

TensorflowIndex parse_tensorflow_index(std::span<const std::byte> file, const std::string& path) {
  return with_file_name(path, [&] { return IndexReader(file, path).read(); });
}

}  // namespace mini_bert
