#include "mini_bert/files/torch_state_dict.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/ranges.h>

#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

using Kind = PickleValue::Kind;

constexpr std::string_view ordered_dict = "collections.OrderedDict";
constexpr std::string_view rebuild_tensor = "torch._utils._rebuild_tensor";
constexpr std::string_view rebuild_tensor_2 = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view rebuild_tensor_3 = "torch._utils._rebuild_tensor_v3";  // of types without a storage class
constexpr std::string_view rebuild_parameter = "torch._utils._rebuild_parameter";
constexpr std::string_view untyped_storage = "torch.storage.UntypedStorage";

constexpr auto storage_count = static_cast<std::size_t>(std::ranges::count_if(
    stored_types, [](const StoredType& type) { return !type.torch_storage.empty() || !type.torch_dtype.empty(); }));

// All names that a pickle may hold.
constexpr auto globals = [] {
  std::array<std::string_view, 6 + storage_count> names = {ordered_dict,     rebuild_tensor,    rebuild_tensor_2,
                                                           rebuild_tensor_3, rebuild_parameter, untyped_storage};
  std::size_t next = 6;
  for (const StoredType& type : stored_types) {
    if (!type.torch_storage.empty() || !type.torch_dtype.empty()) {
      names[next++] = type.torch_storage.empty() ? type.torch_dtype : type.torch_storage;
    }
  }
  return names;
}();

}  // namespace

std::span<const std::string_view> torch_globals() {
  return globals;
}

TorchStateDict::TorchStateDict(const Pickle& pickle, std::string where) : pickle_(pickle), where_(std::move(where)) {
  for (std::uint32_t i = 0; i < pickle.value_count(); ++i) {
    if (pickle[i].kind == Kind::persistent) add_storage(i);
  }
}

std::vector<StoredTensor> TorchStateDict::tensors() const {
  const PickleValue& root = pickle_[pickle_.root()];
  require(root.kind == Kind::dict || (root.kind == Kind::call && root.text == ordered_dict),
          "{}: holds {}, expected a dictionary of tensors; {}", where_, describe(root), torch_remedy);
  std::vector<StoredTensor> tensors;
  std::unordered_set<std::string_view> names;
  for (std::size_t i = 0; i + 1 < root.entries.size(); i += 2) {
    const PickleValue& key = pickle_[root.entries[i]];
    require(key.kind == Kind::text, "{}: a key is {}, expected a tensor's name; {}", where_, describe(key),
            torch_remedy);
    require(names.insert(key.text).second, "{}: tensor {} occurs twice, expected once; {}", where_, in_quotes(key.text),
            torch_remedy);
    tensors.push_back(tensor(std::string(key.text), pickle_[root.entries[i + 1]]));
  }
  return tensors;
}

void TorchStateDict::wrong(const std::string& name, const PickleValue& found, std::string_view expected) const {
  fail("{}: tensor {}: found {}, expected {}; {}", where_, in_quotes(name), describe(found), expected, torch_remedy);
}

// ('storage', torch.FloatStorage, key, 'cpu', number of elements), in old files also a view, None.
void TorchStateDict::add_storage(std::uint32_t value) {
  const PickleValue& id = pickle_[pickle_[value].items[0]];
  const auto part = [&](std::size_t i) -> const PickleValue& { return pickle_[id.items[i]]; };
  const bool well_formed = id.kind == Kind::tuple && (id.items.size() == 5 || id.items.size() == 6) &&
                           part(0).text == "storage" && part(2).kind == Kind::text && part(4).kind == Kind::integer &&
                           (id.items.size() == 5 || part(5).kind == Kind::none);
  require(well_formed, "{}: a storage is {}, expected ('storage', type, key, device, elements); {}", where_,
          describe(id), torch_remedy);
  // An untyped storage counts bytes; its tensor says the type.
  const bool untyped = part(1).text == untyped_storage;
  const StoredType* type = untyped ? find_stored_type(&StoredType::name, std::string_view("U8"))
                                   : find_stored_type(&StoredType::torch_storage, part(1).text);
  require(part(1).kind == Kind::global && type != nullptr,
          "{}: storage {}: its type is {}, expected one like torch.FloatStorage; {}", where_, in_quotes(part(2).text),
          describe(part(1)), torch_remedy);
  const auto bytes = bytes_needed(*type, {part(4).integer});
  require(bytes.has_value(), "{}: storage {}: {} elements are no possible number; {}", where_, in_quotes(part(2).text),
          part(4).integer, torch_remedy);
  const TorchStorage storage{*type, static_cast<std::size_t>(part(4).integer), 0, *bytes};
  const TorchStorage& known = storages_.emplace(part(2).text, storage).first->second;
  require(known.type == storage.type && known.elements == storage.elements,
          "{}: storage {}: is {} of {} and {} of {}, expected one of them; {}", where_, in_quotes(part(2).text),
          known.elements, known.type.name, storage.elements, storage.type.name, torch_remedy);
  keys_.emplace(value, part(2).text);
}

const PickleValue& TorchStateDict::arguments(const std::string& name, const PickleValue& call,
                                             std::size_t least) const {
  const PickleValue& tuple = pickle_[call.items[0]];
  if (tuple.items.size() < least) wrong(name, tuple, fmt::format("at least {} arguments", least));
  return tuple;
}

// An untyped storage, counted in elements of the type that a tensor names.
TorchStorage TorchStateDict::typed(const std::string& name, TorchStorage storage, const PickleValue& dtype) const {
  const StoredType* const type = find_stored_type(&StoredType::torch_dtype, dtype.text);
  if (dtype.kind != Kind::global || type == nullptr) wrong(name, dtype, "a type like torch.uint16");
  storage.elements =
      storage.elements * static_cast<std::size_t>(storage.type.bits) / static_cast<std::size_t>(type->bits);
  storage.type = *type;
  return storage;
}

// _rebuild_tensor_v2(storage, offset, extents, strides, …) or _rebuild_tensor_v3(…, requires_grad, hooks, type),
// perhaps inside _rebuild_parameter(tensor, …).
StoredTensor TorchStateDict::tensor(const std::string& name, const PickleValue& value) const {
  const PickleValue* call = &value;
  if (call->kind == Kind::call && call->text == rebuild_parameter) {
    call = &pickle_[arguments(name, *call, 1).items[0]];
  }
  const bool is_newer = call->kind == Kind::call && call->text == rebuild_tensor_3;
  const bool is_tensor =
      is_newer || (call->kind == Kind::call && (call->text == rebuild_tensor || call->text == rebuild_tensor_2));
  if (!is_tensor) wrong(name, *call, "a tensor");
  const PickleValue& parts = arguments(name, *call, is_newer ? 7 : 4);
  const auto key = keys_.find(parts.items[0]);
  if (key == keys_.end()) wrong(name, pickle_[parts.items[0]], "its storage");
  const TorchStorage storage =
      is_newer ? typed(name, storages_.at(key->second), pickle_[parts.items[6]]) : storages_.at(key->second);

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
          where_, in_quotes(name), tensor.shape(), fmt::join(strides, ","), storage.elements, first, torch_remedy);
  return tensor;
}

std::vector<Index> TorchStateDict::numbers(const std::string& name, const PickleValue& tuple,
                                           std::string_view what) const {
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

}  // namespace mini_bert
