#include "bert/files/torch_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include <fmt/ranges.h>

#include "bert/files/file_error.h"
#include "bert/files/pickle.h"
#include "bert/files/zip_archive.h"

namespace mini_bert {
namespace {

using Kind = PickleValue::Kind;

constexpr std::string_view remedy =
    "the file is damaged, or holds more than tensors; write it again with torch.save(model.state_dict(), …)";
constexpr std::size_t most_extents = 64;

constexpr std::string_view ordered_dict = "collections.OrderedDict";
constexpr std::string_view rebuild_tensor = "torch._utils._rebuild_tensor";
constexpr std::string_view rebuild_tensor_2 = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view rebuild_parameter = "torch._utils._rebuild_parameter";

struct StorageType {
  std::string_view global;
  StoredType type;
};
constexpr std::array<StorageType, 10> storage_types = {{{"torch.FloatStorage", {"F32", 32}},
                                                        {"torch.HalfStorage", {"F16", 16}},
                                                        {"torch.BFloat16Storage", {"BF16", 16}},
                                                        {"torch.DoubleStorage", {"F64", 64}},
                                                        {"torch.LongStorage", {"I64", 64}},
                                                        {"torch.IntStorage", {"I32", 32}},
                                                        {"torch.ShortStorage", {"I16", 16}},
                                                        {"torch.CharStorage", {"I8", 8}},
                                                        {"torch.ByteStorage", {"U8", 8}},
                                                        {"torch.BoolStorage", {"BOOL", 8}}}};

// All that a pickle may name.
constexpr auto globals = [] {
  std::array<std::string_view, 4 + storage_types.size()> names = {ordered_dict, rebuild_tensor, rebuild_tensor_2,
                                                                  rebuild_parameter};
  std::ranges::transform(storage_types, names.begin() + 4, &StorageType::global);
  return names;
}();

// The numbers behind tensors: its elements are the bytes [begin, end) of the file.
struct Storage {
  StoredType type;
  std::size_t elements = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What the pickled dictionary says, in torch's terms.
class StateDict {
 public:
  StateDict(const Pickle& pickle, std::string where) : pickle_(pickle), where_(std::move(where)) {
    for (std::uint32_t i = 0; i < pickle.value_count(); ++i) {
      if (pickle[i].kind == Kind::persistent) add_storage(i);
    }
  }

  std::unordered_map<std::string_view, Storage>& storages() { return storages_; }

  // Once every storage has its place.
  std::vector<StoredTensor> tensors() const {
    const PickleValue& root = pickle_[pickle_.root()];
    require(root.kind == Kind::dict || (root.kind == Kind::call && root.text == ordered_dict),
            "{}: holds {}, expected a dictionary of tensors; {}", where_, describe(root), remedy);
    std::vector<StoredTensor> tensors;
    std::unordered_set<std::string_view> names;
    for (std::size_t i = 0; i + 1 < root.entries.size(); i += 2) {
      const PickleValue& key = pickle_[root.entries[i]];
      require(key.kind == Kind::text, "{}: a key is {}, expected a tensor's name; {}", where_, describe(key), remedy);
      require(names.insert(key.text).second, "{}: tensor {} occurs twice, expected once; {}", where_,
              in_quotes(key.text), remedy);
      tensors.push_back(tensor(std::string(key.text), pickle_[root.entries[i + 1]]));
    }
    return tensors;
  }

 private:
  [[noreturn]] void wrong(const std::string& name, const PickleValue& found, std::string_view expected) const {
    fail("{}: tensor {}: found {}, expected {}; {}", where_, in_quotes(name), describe(found), expected, remedy);
  }

  // ('storage', torch.FloatStorage, key, 'cpu', number of elements), in old files also a view, None.
  void add_storage(std::uint32_t value) {
    const PickleValue& id = pickle_[pickle_[value].items[0]];
    const auto part = [&](std::size_t i) -> const PickleValue& { return pickle_[id.items[i]]; };
    const bool well_formed = id.kind == Kind::tuple && (id.items.size() == 5 || id.items.size() == 6) &&
                             part(0).text == "storage" && part(2).kind == Kind::text && part(4).kind == Kind::integer &&
                             (id.items.size() == 5 || part(5).kind == Kind::none);
    require(well_formed, "{}: a storage is {}, expected ('storage', type, key, device, elements); {}", where_,
            describe(id), remedy);
    const auto type = std::ranges::find(storage_types, part(1).text, &StorageType::global);
    require(part(1).kind == Kind::global && type != storage_types.end(),
            "{}: storage {}: its type is {}, expected one like torch.FloatStorage; {}", where_, in_quotes(part(2).text),
            describe(part(1)), remedy);
    const auto bytes = bytes_needed(type->type, {part(4).integer});
    require(bytes.has_value(), "{}: storage {}: {} elements are no possible number; {}", where_,
            in_quotes(part(2).text), part(4).integer, remedy);
    const Storage storage{type->type, static_cast<std::size_t>(part(4).integer), 0, *bytes};
    const Storage& known = storages_.emplace(part(2).text, storage).first->second;
    require(known.type == storage.type && known.elements == storage.elements,
            "{}: storage {}: is {} of {} and {} of {}, expected one of them; {}", where_, in_quotes(part(2).text),
            known.elements, known.type.name, storage.elements, storage.type.name, remedy);
    keys_.emplace(value, part(2).text);
  }

  // The arguments of a call of one of two functions.
  const PickleValue& arguments(const std::string& name, const PickleValue& call, std::size_t least) const {
    const PickleValue& tuple = pickle_[call.items[0]];
    if (tuple.items.size() < least) wrong(name, tuple, fmt::format("at least {} arguments", least));
    return tuple;
  }

  // _rebuild_tensor_v2(storage, offset, extents, strides, …), perhaps inside _rebuild_parameter(tensor, …).
  StoredTensor tensor(const std::string& name, const PickleValue& value) const {
    const PickleValue* call = &value;
    if (call->kind == Kind::call && call->text == rebuild_parameter) {
      call = &pickle_[arguments(name, *call, 1).items[0]];
    }
    const bool is_tensor = call->kind == Kind::call && (call->text == rebuild_tensor || call->text == rebuild_tensor_2);
    if (!is_tensor) wrong(name, *call, "a tensor");
    const PickleValue& parts = arguments(name, *call, 4);
    const auto key = keys_.find(parts.items[0]);
    if (key == keys_.end()) wrong(name, pickle_[parts.items[0]], "its storage");
    const Storage& storage = storages_.at(key->second);

    const PickleValue& offset = pickle_[parts.items[1]];
    if (offset.kind != Kind::integer || offset.integer < 0 ||
        static_cast<std::size_t>(offset.integer) > storage.elements) {
      wrong(name, offset, fmt::format("an offset from 0 to {}", storage.elements));
    }
    const auto first = static_cast<std::size_t>(offset.integer);
    const std::size_t element_bytes = static_cast<std::size_t>(storage.type.bits) / 8;
    StoredTensor tensor{.name = name,
                        .type = storage.type,
                        .extents = numbers(name, pickle_[parts.items[2]], "the shape"),
                        .begin = storage.begin + first * element_bytes,
                        .end = storage.end};
    std::vector<Index> strides = numbers(name, pickle_[parts.items[3]], "the strides");
    require(set_strides(tensor, strides, storage.elements - first),
            "{}: tensor {}: shape {} with strides [{}] does not fit the {} elements of its storage from {} on; {}",
            where_, in_quotes(name), tensor.shape(), fmt::join(strides, ","), storage.elements, first, remedy);
    return tensor;
  }

  std::vector<Index> numbers(const std::string& name, const PickleValue& tuple, std::string_view what) const {
    if (tuple.kind != Kind::tuple || tuple.items.size() > most_extents) {
      wrong(name, tuple, fmt::format("{}: at most {} numbers", what, most_extents));
    }
    std::vector<Index> numbers;
    for (const std::uint32_t item : tuple.items) {
      if (pickle_[item].kind != Kind::integer || pickle_[item].integer < 0) {
        wrong(name, pickle_[item], fmt::format("{}: whole numbers from 0 on", what));
      }
      numbers.push_back(pickle_[item].integer);
    }
    return numbers;
  }

  const Pickle& pickle_;
  const std::string where_;
  std::unordered_map<std::string_view, Storage> storages_;    // by key
  std::unordered_map<std::uint32_t, std::string_view> keys_;  // persistent value -> key
};

std::vector<StoredTensor> parse_zip(std::span<const std::byte> file, const std::string& path) {
  constexpr std::string_view pickle_name = "/data.pkl";
  std::unordered_map<std::string_view, ZipEntry> entries;
  const ZipEntry* pickled = nullptr;
  for (const ZipEntry& entry : read_stored_zip(file, path)) {
    const ZipEntry& kept = entries.emplace(entry.name, entry).first->second;
    if (entry.name.ends_with(pickle_name)) pickled = &kept;
  }
  require(pickled != nullptr, "{}: a zip archive of {} files without data.pkl, expected what torch.save writes; {}",
          path, entries.size(), remedy);
  const std::string root(pickled->name.substr(0, pickled->name.size() - pickle_name.size()));
  if (const auto order = entries.find(root + "/byteorder"); order != entries.end()) {
    const auto bytes = file.subspan(order->second.begin, order->second.end - order->second.begin);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    require(text == "little", "{}: byteorder is {}, expected little; write the file on another machine", path,
            in_quotes(text));
  }

  const Pickle pickle(file.subspan(pickled->begin, pickled->end - pickled->begin), globals, path + ": data.pkl");
  StateDict dictionary(pickle, path + ": data.pkl");
  for (auto& [key, storage] : dictionary.storages()) {
    const auto entry = entries.find(fmt::format("{}/data/{}", root, key));
    require(entry != entries.end(), "{}: storage {} is missing, found {} other files; {}", path, in_quotes(key),
            entries.size(), remedy);
    const std::size_t bytes = entry->second.end - entry->second.begin;
    require(bytes == storage.end, "{}: storage {}: has {} bytes, {} elements of {} need {}; {}", path, in_quotes(key),
            bytes, storage.elements, storage.type.name, storage.end, remedy);
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
    StateDict dictionary(pickle, path_);
    place_storages(dictionary);
    return dictionary.tensors();
  }

 private:
  Pickle next(std::string_view what) {
    Pickle pickle(file_.subspan(at_), globals, fmt::format("{}: {}, from byte {}", path_, what, at_));
    at_ += pickle.size();
    return pickle;
  }

  void check_header() {
    constexpr std::string_view magic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // 0x1950a86a20f9469cfc6c
    const Pickle found_magic = next("the magic number");
    require(found_magic[found_magic.root()].text == magic, "{}: begins with {}, expected torch's magic number; {}",
            path_, describe(found_magic[found_magic.root()]), remedy);
    const Pickle protocol = next("the protocol");
    require(protocol[protocol.root()].integer == 1001, "{}: protocol is {}, expected the number 1001; {}", path_,
            describe(protocol[protocol.root()]), remedy);
    const Pickle machine = next("facts about the machine");
    const std::vector<std::uint32_t>& facts = machine[machine.root()].entries;
    for (std::size_t i = 0; i + 1 < facts.size(); i += 2) {
      require(machine[facts[i]].text != "little_endian" || machine[facts[i + 1]].integer == 1,
              "{}: little_endian is {}, expected True; write the file on another machine", path_,
              describe(machine[facts[i + 1]]));
    }
  }

  void place_storages(StateDict& dictionary) {
    const Pickle keys = next("the list of storages");
    const PickleValue& list = keys[keys.root()];
    require(list.kind == Kind::list, "{}: the list of storages is {}, expected a list; {}", path_, describe(list),
            remedy);
    std::unordered_set<std::string_view> placed;
    for (const std::uint32_t item : list.items) {
      const std::string_view key = keys[item].text;
      const auto found = dictionary.storages().find(key);
      require(found != dictionary.storages().end() && placed.insert(key).second,
              "{}: the list of storages names {}, expected each storage of the dictionary once; {}", path_,
              describe(keys[item]), remedy);
      place(key, found->second);
    }
    require(placed.size() == dictionary.storages().size(), "{}: the list has {} storages, the dictionary {}; {}", path_,
            placed.size(), dictionary.storages().size(), remedy);
    require(at_ == file_.size(), "{}: the storages end at byte {}, but the file has {}; {}", path_, at_, file_.size(),
            remedy);
  }

  void place(std::string_view key, Storage& storage) {
    std::int64_t elements = 0;
    const std::size_t left = file_.size() - at_;
    require(left >= sizeof elements, "{}: storage {}: the file ends at byte {} before it; download it again", path_,
            in_quotes(key), file_.size());
    std::memcpy(&elements, file_.data() + at_, sizeof elements);
    require(elements >= 0 && static_cast<std::size_t>(elements) == storage.elements,
            "{}: storage {}: has {} elements, the dictionary says {}; {}", path_, in_quotes(key), elements,
            storage.elements, remedy);
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

}  // namespace

std::vector<StoredTensor> parse_torch_file(std::span<const std::byte> file, const std::string& path) {
  const auto begins_with = [&](std::string_view signature) {
    return file.size() >= signature.size() && std::memcmp(file.data(), signature.data(), signature.size()) == 0;
  };
  if (begins_with("PK")) return parse_zip(file, path);
  require(begins_with("\x80"), "{}: is neither a zip archive nor a pickle, expected what torch.save writes; {}", path,
          remedy);
  return PicklesInARow(file, path).tensors();
}

TensorFile open_torch_file(const std::filesystem::path& path) {
  auto file = std::make_shared<MappedFile>(path, Mapping::copy_on_write);
  std::vector<StoredTensor> tensors = parse_torch_file(file->bytes(), path.string());
  return {path.string(), std::move(file), std::move(tensors)};
}

}  // namespace mini_bert
