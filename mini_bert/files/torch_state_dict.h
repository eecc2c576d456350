#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mini_bert/files/pickle.h"
#include "mini_bert/files/stored_tensor.h"

namespace mini_bert {

// How a message about such a file ends.
inline constexpr std::string_view torch_remedy =
    "the file is damaged, or holds more than tensors; write it again with torch.save(model.state_dict(), …)";

// All names that the pickle of a state_dict may hold: OrderedDict, the functions that stand for a tensor, and the types
// of storages.
std::span<const std::string_view> torch_globals();

// A storage, which tensors are views of: elements of one type in the bytes [begin, end) of the file.
struct TorchStorage {
  StoredType type;
  std::size_t elements = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// A pickled state_dict, {"name": tensor}. First the parser of the container sets the place of each storage; then
// tensors() returns the tensors. `where` begins every message, and the pickle must outlive this object.
class TorchStateDict {
 public:
  TorchStateDict(const Pickle& pickle, std::string where);

  // By key. Until the container sets its place, a storage begins at byte 0 and ends at the size of its elements.
  std::unordered_map<std::string_view, TorchStorage>& storages() { return storages_; }

  // Error when the pickle is no dictionary of tensors, or when a tensor does not fit its storage.
  std::vector<StoredTensor> tensors() const;

 private:
  void add_storage(std::uint32_t value);
  StoredTensor tensor(const std::string& name, const PickleValue& value) const;
  TorchStorage typed(const std::string& name, TorchStorage storage, const PickleValue& dtype) const;
  const PickleValue& arguments(const std::string& name, const PickleValue& call, std::size_t least) const;
  std::vector<Index> numbers(const std::string& name, const PickleValue& tuple, std::string_view what) const;
  [[noreturn]] void wrong(const std::string& name, const PickleValue& found, std::string_view expected) const;

  const Pickle& pickle_;
  const std::string where_;
  std::unordered_map<std::string_view, TorchStorage> storages_;
  std::unordered_map<std::uint32_t, std::string_view> keys_;  // persistent value -> key
};

}  // namespace mini_bert
