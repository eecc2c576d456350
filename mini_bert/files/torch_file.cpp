#include "mini_bert/files/torch_file.h"

#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/files/file_kind.h"
#include "mini_bert/files/torch_state_dict.h"
#include "mini_bert/files/zip_archive.h"

namespace mini_bert {
namespace {

std::vector<StoredTensor> parse_zip(std::span<const std::byte> file, const std::string& path) {
  constexpr std::string_view pickle_name = "/data.pkl";
  std::unordered_map<std::string_view, ZipEntry> entries;
  const ZipEntry* pickled = nullptr;
  for (const ZipEntry& entry : read_stored_zip(file, path)) {
    const ZipEntry& kept = entries.emplace(entry.name, entry).first->second;
    if (entry.name.ends_with(pickle_name)) pickled = &kept;
  }
  require(pickled != nullptr, "{}: a zip archive of {} files without data.pkl, expected what torch.save writes; {}",
          path, entries.size(), torch_remedy);
  const std::string root(pickled->name.substr(0, pickled->name.size() - pickle_name.size()));
  if (const auto order = entries.find(root + "/byteorder"); order != entries.end()) {
    const auto bytes = file.subspan(order->second.begin, order->second.end - order->second.begin);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    require(text == "little", "{}: byteorder is {}, expected little; write the file on another machine", path,
            in_quotes(text));
  }

  const Pickle pickle(file.subspan(pickled->begin, pickled->end - pickled->begin), torch_globals(),
                      path + ": data.pkl");
  TorchStateDict dictionary(pickle, path + ": data.pkl");
  for (auto& [key, storage] : dictionary.storages()) {
    const auto entry = entries.find(fmt::format("{}/data/{}", root, key));
    require(entry != entries.end(), "{}: storage {} is missing, found {} other files; {}", path, in_quotes(key),
            entries.size(), torch_remedy);
    const std::size_t bytes = entry->second.end - entry->second.begin;
    require(bytes == storage.end, "{}: storage {}: has {} bytes, {} elements of {} need {}; {}", path, in_quotes(key),
            bytes, storage.elements, storage.type.name, storage.end, torch_remedy);
    storage.begin = entry->second.begin;
    storage.end = entry->second.end;
  }
  return dictionary.tensors();
}

// The older container, read from its first byte on.
class PicklesInARow {
 public:
  PicklesInARow(std::span<const std::byte> file, const std::string& path) : file_(file), path_(path) {}

  std::vector<StoredTensor> tensors() {
    check_header();
    const Pickle pickle = next("the dictionary");
    TorchStateDict dictionary(pickle, path_);
    place_storages(dictionary);
    return dictionary.tensors();
  }

 private:
  Pickle next(std::string_view what) {
    Pickle pickle(file_.subspan(at_), torch_globals(), fmt::format("{}: {}, from byte {}", path_, what, at_));
    at_ += pickle.size();
    return pickle;
  }

  void check_header() {
    constexpr std::string_view magic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // 0x1950a86a20f9469cfc6c
    const Pickle found_magic = next("the magic number");
    require(found_magic[found_magic.root()].text == magic, "{}: begins with {}, expected torch's magic number; {}",
            path_, describe(found_magic[found_magic.root()]), torch_remedy);
    const Pickle protocol = next("the protocol");
    require(protocol[protocol.root()].integer == 1001, "{}: protocol is {}, expected the number 1001; {}", path_,
            describe(protocol[protocol.root()]), torch_remedy);
    const Pickle machine = next("facts about the machine");
    const std::vector<std::uint32_t>& facts = machine[machine.root()].entries;
    for (std::size_t i = 0; i + 1 < facts.size(); i += 2) {
      require(machine[facts[i]].text != "little_endian" || machine[facts[i + 1]].integer == 1,
              "{}: little_endian is {}, expected True; write the file on another machine", path_,
              describe(machine[facts[i + 1]]));
    }
  }

  void place_storages(TorchStateDict& dictionary) {
    const Pickle keys = next("the list of storages");
    const PickleValue& list = keys[keys.root()];
    require(list.kind == PickleValue::Kind::list, "{}: the list of storages is {}, expected a list; {}", path_,
            describe(list), torch_remedy);
    std::unordered_set<std::string_view> placed;
    for (const std::uint32_t item : list.items) {
      const std::string_view key = keys[item].text;
      const auto found = dictionary.storages().find(key);
      require(found != dictionary.storages().end() && placed.insert(key).second,
              "{}: the list of storages names {}, expected each storage of the dictionary once; {}", path_,
              describe(keys[item]), torch_remedy);
      place(key, found->second);
    }
    require(placed.size() == dictionary.storages().size(), "{}: the list has {} storages, the dictionary {}; {}", path_,
            placed.size(), dictionary.storages().size(), torch_remedy);
    require(at_ == file_.size(), "{}: the storages end at byte {}, but the file has {}; {}", path_, at_, file_.size(),
            torch_remedy);
  }

  void place(std::string_view key, TorchStorage& storage) {
    std::int64_t elements = 0;
    const std::size_t left = file_.size() - at_;
    require(left >= sizeof elements, "{}: storage {}: the file ends at byte {} before it; download it again", path_,
            in_quotes(key), file_.size());
    std::memcpy(&elements, file_.data() + at_, sizeof elements);
    require(elements >= 0 && static_cast<std::size_t>(elements) == storage.elements,
            "{}: storage {}: has {} elements, the dictionary says {}; {}", path_, in_quotes(key), elements,
            storage.elements, torch_remedy);
    require(storage.end <= left - sizeof elements, "{}: storage {}: needs {} bytes, {} are left; download it again",
            path_, in_quotes(key), storage.end, left - sizeof elements);
    storage.begin = at_ + sizeof elements;
    storage.end += storage.begin;
    at_ = storage.end;
  }

  const std::span<const std::byte> file_;
  const std::string& path_;
  std::size_t at_ = 0;
};

std::vector<StoredTensor> parse_either(std::span<const std::byte> file, const std::string& path) {
  const auto begins_with = [&](std::string_view signature) {
    return file.size() >= signature.size() && std::memcmp(file.data(), signature.data(), signature.size()) == 0;
  };
  if (begins_with("PK")) return parse_zip(file, path);
  if (!begins_with("\x80")) {
    const std::string kind = describe_file_kind(file);
    require(kind.empty(), "{}: {}", path, kind);
  }
  require(begins_with("\x80"), "{}: is neither a zip archive nor a pickle, expected what torch.save writes; {}", path,
          torch_remedy);
  return PicklesInARow(file, path).tensors();
}

}  // namespace

std::vector<StoredTensor> parse_torch_file(std::span<const std::byte> file, const std::string& path) {
  return with_file_name(path, [&] { return parse_either(file, path); });
}

TensorFile open_torch_file(const std::filesystem::path& path) {
  auto file = std::make_shared<MappedFile>(path, Mapping::copy_on_write);
  std::vector<StoredTensor> tensors = parse_torch_file(file->bytes(), path.string());
  return {path.string(), std::move(file), std::move(tensors)};
}

}  // namespace mini_bert
