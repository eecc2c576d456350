#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Builds the bytes of torch's files, valid or invalid, from small pieces.
namespace mini_bert::test {

template <class T>
std::string little_endian(T value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xff);
  }
  return bytes;
}

// Opcodes of pickle protocol 2.
namespace pickled {

inline std::string text(std::string_view text) {
  return "X" + little_endian<std::uint32_t>(static_cast<std::uint32_t>(text.size())) + std::string(text);
}
inline std::string integer(std::int32_t value) {
  return "J" + little_endian(value);
}
inline std::string global(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}
inline std::string tuple(std::initializer_list<std::string> values) {
  std::string bytes = "(";
  for (const std::string& value : values) bytes += value;
  return bytes + "t";
}
inline std::string numbers(std::initializer_list<std::int32_t> values) {
  std::string bytes = "(";
  for (const std::int32_t value : values) bytes += integer(value);
  return bytes + "t";
}
inline std::string call(const std::string& global, const std::string& arguments) {
  return global + arguments + "R";
}
inline std::string dict(std::initializer_list<std::pair<std::string_view, std::string>> entries) {
  std::string bytes = "}(";
  for (const auto& [key, value] : entries) bytes += text(key) + value;
  return bytes + "u";
}
inline std::string whole(const std::string& value) {
  return "\x80\x02" + value + ".";
}

inline std::string storage(std::string_view type, std::string_view key, std::int32_t elements) {
  return tuple({text("storage"), global("torch", type), text(key), text("cpu"), integer(elements)}) + "Q";
}
inline std::string tensor(const std::string& storage, const std::string& offset, const std::string& extents,
                          const std::string& strides) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              tuple({storage, offset, extents, strides, "\x89", call(global("collections", "OrderedDict"), ")")}));
}
// The six floats of storage "0", as a matrix [2,3].
inline std::string matrix() {
  return tensor(storage("FloatStorage", "0", 6), integer(0), numbers({2, 3}), numbers({3, 1}));
}

}  // namespace pickled

struct ZipFile {
  std::string name;
  std::string content;
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::uint32_t more_bytes = 0;  // bytes that the directory claims in addition to the real ones
};

inline std::string zip_bytes(const std::vector<ZipFile>& files) {
  std::string bytes, directory;
  for (const ZipFile& file : files) {
    const auto size = static_cast<std::uint32_t>(file.content.size()) + file.more_bytes;
    const std::string common = little_endian<std::uint16_t>(20) + little_endian(file.flags) +
                               little_endian(file.method) + std::string(8, '\0') + little_endian(size) +
                               little_endian(size) + little_endian(static_cast<std::uint16_t>(file.name.size())) +
                               little_endian<std::uint16_t>(0);
    directory += "PK\1\2" + little_endian<std::uint16_t>(20) + common + std::string(10, '\0') +
                 little_endian(static_cast<std::uint32_t>(bytes.size())) + file.name;
    bytes += "PK\3\4" + common + file.name + file.content;
  }
  const auto count = static_cast<std::uint16_t>(files.size());
  return bytes + directory + "PK\5\6" + std::string(4, '\0') + little_endian(count) + little_endian(count) +
         little_endian(static_cast<std::uint32_t>(directory.size())) +
         little_endian(static_cast<std::uint32_t>(bytes.size())) + little_endian<std::uint16_t>(0);
}

// The zip archive that torch.save writes around a pickle. Storage "0" holds six floats.
inline std::string torch_zip(const std::string& pickle) {
  return zip_bytes({{"x/data.pkl", pickle}, {"x/byteorder", "little"}, {"x/data/0", std::string(24, '\1')}});
}

// The older container. Storage "0" holds six floats.
struct TorchLegacy {
  std::string magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
  std::string protocol = "\x80\x02M\xe9\x03.";
  std::string machine = pickled::whole(pickled::dict({{"little_endian", "\x88"}}));
  std::string dictionary = pickled::whole(pickled::dict({{"w", pickled::matrix()}}));
  std::string keys = pickled::whole("](" + pickled::text("0") + "e");
  std::string storages = little_endian<std::int64_t>(6) + std::string(24, '\1');

  std::string bytes() const { return magic + protocol + machine + dictionary + keys + storages; }
};

}  // namespace mini_bert::test
