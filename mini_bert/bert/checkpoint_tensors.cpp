#include "mini_bert/bert/checkpoint_tensors.h"

#include <algorithm>

#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

std::map<std::string, LocatedTensor> locate_tensors(const std::vector<TensorFile>& files, const NameTable& table) {
  std::vector<std::string> names;
  for (const TensorFile& file : files) {
    for (const StoredTensor& stored : file.tensors()) names.push_back(table.unwrapped(stored.name));
  }
  const std::string prefix = table.prefix_of(names);
  std::map<std::string, LocatedTensor> found;
  auto next = names.begin();
  for (const TensorFile& file : files) {
    for (const StoredTensor& stored : file.tensors()) {
      std::string name = std::move(*next++);
      if (name.starts_with(prefix)) name.erase(0, prefix.size());
      const auto [entry, is_new] = found.emplace(std::move(name), LocatedTensor{&file, &stored});
      require(is_new || entry->second.stored->name != stored.name || entry->second.file == &file,
              "{}: tensor {} is also in {}, expected it in one of them; download both files again", file.path(),
              in_quotes(stored.name), entry->second.file->path());
      require(is_new, "{}: tensors {} and {} are both {}, expected one of them; write the checkpoint again",
              file.path(), in_quotes(entry->second.stored->name), in_quotes(stored.name), entry->first);
    }
  }
  return found;
}

}  // namespace

StoredTensor LocatedTensor::oriented() const {
  const bool turn = form == NameRow::Form::transposed && stored->extents.size() == 2;
  return turn ? transposed(*stored) : *stored;
}

CheckpointTensors::CheckpointTensors(const std::vector<TensorFile>& files, const std::vector<std::string>& paths) {
  std::size_t most = 0;
  for (const NameTable* const table : name_tables()) {
    std::map<std::string, LocatedTensor> located = locate_tensors(files, *table);
    const auto known = static_cast<std::size_t>(std::ranges::count_if(paths, [&](const std::string& path) {
      return std::ranges::any_of(table->spellings(path),
                                 [&](const auto& spelling) { return located.contains(spelling.name); });
    }));
    if (table_ != nullptr && known <= most) continue;
    table_ = table;
    most = known;
    found_ = std::move(located);
    if (known == paths.size()) break;
  }
  count_ = found_.size();
}

std::string CheckpointTensors::name(const std::string& path) const {
  const auto spellings = table_->spellings(path);
  return spellings.empty() ? path : spellings.front().name;
}

std::optional<LocatedTensor> CheckpointTensors::find(std::string_view path) const {
  for (const auto& spelling : table_->spellings(path)) {
    const auto entry = found_.find(spelling.name);
    if (entry == found_.end() || spelling.is_second_name()) continue;
    LocatedTensor located = entry->second;
    located.form = spelling.form;
    return located;
  }
  return std::nullopt;
}

std::optional<LocatedTensor> CheckpointTensors::take(const std::string& path) {
  std::optional<LocatedTensor> taken;
  for (const auto& [name, form] : table_->spellings(path)) {
    if (taken && form == NameRow::Form::copy) continue;
    auto entry = found_.extract(name);
    if (entry.empty()) continue;
    entry.mapped().form = form;
    require(!taken || form == NameRow::Form::preferred,
            "{}: tensors {} and {} are both {}, expected one of them; write the checkpoint again",
            entry.mapped().file->path(), in_quotes(taken ? taken->stored->name : ""),
            in_quotes(entry.mapped().stored->name), this->name(path));
    taken = entry.mapped();
  }
  return taken;
}

void CheckpointTensors::drop_repeated(const std::string& path) {
  for (const auto& spelling : table_->spellings(path)) {
    if (spelling.is_second_name()) found_.erase(spelling.name);
  }
}

std::vector<std::string> CheckpointTensors::others() const {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : found_) {
    if (!table_->is_redundant(name)) names.push_back(tensor.stored->name);
  }
  return names;
}

}  // namespace mini_bert
