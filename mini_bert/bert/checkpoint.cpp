#include "mini_bert/bert/checkpoint.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/names/name_table.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/weight_files.h"

namespace mini_bert {
namespace {

// Google's checkpoints call the file bert_config.json.
std::filesystem::path find_config(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "config.json", googles = directory / "bert_config.json";
  std::error_code ignored;
  return !std::filesystem::exists(path, ignored) && std::filesystem::exists(googles, ignored) ? googles : path;
}

// A tensor of a checkpoint: its file, and how its stored form differs from ours.
struct Located {
  const TensorFile* file = nullptr;
  const StoredTensor* stored = nullptr;
  NameRow::Form form = NameRow::Form::as_is;

  // The tensor in our orientation. A tensor with other than two dimensions is not transposed; the check of its shape
  // refuses it later.
  StoredTensor oriented() const {
    const bool turn = form == NameRow::Form::transposed && stored->extents.size() == 2;
    return turn ? transposed(*stored) : *stored;
  }
};

// The tensors of a model's files by name, and the family that their names follow.
class Tensors {
 public:
  Tensors(const std::vector<TensorFile>& files, const std::vector<Parameter>& parameters) {
    std::size_t most = 0;
    for (const NameTable* const table : name_tables()) {
      std::map<std::string, Located> located = locate(files, *table);
      const auto known = static_cast<std::size_t>(std::ranges::count_if(parameters, [&](const Parameter& parameter) {
        return std::ranges::any_of(table->spellings(parameter.path),
                                   [&](const auto& spelling) { return located.contains(spelling.name); });
      }));
      if (table_ != nullptr && known <= most) continue;
      table_ = table;
      most = known;
      found_ = std::move(located);
      if (known == parameters.size()) break;
    }
    count_ = found_.size();
  }

  std::size_t count() const { return count_; }

  // The parameter's name in the family.
  std::string name(const Parameter& parameter) const {
    const auto spellings = table_->spellings(parameter.path);
    return spellings.empty() ? parameter.path : spellings.front().name;
  }

  // Removes the parameter's tensor and returns it; nothing when the files do not have it.
  std::optional<Located> take(const Parameter& parameter) {
    std::optional<Located> taken;
    for (const auto& [name, form] : table_->spellings(parameter.path)) {
      if (taken && form == NameRow::Form::copy) continue;
      auto entry = found_.extract(name);
      if (entry.empty()) continue;
      entry.mapped().form = form;
      require(!taken, "{}: tensors {} and {} are both {}, expected one of them; write the checkpoint again",
              entry.mapped().file->path(), in_quotes(taken ? taken->stored->name : ""),
              in_quotes(entry.mapped().stored->name), this->name(parameter));
      taken = entry.mapped();
    }
    return taken;
  }

  // The names, in the files' spelling, of all tensors that were not taken. Tensors without content of their own are
  // left out.
  std::vector<std::string> others() const {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : found_) {
      if (!table_->is_redundant(name)) names.push_back(tensor.stored->name);
    }
    return names;
  }

 private:
  static std::map<std::string, Located> locate(const std::vector<TensorFile>& files, const NameTable& table) {
    std::map<std::string, Located> found;
    for (const TensorFile& file : files) {
      for (const StoredTensor& stored : file.tensors()) {
        const auto [entry, is_new] = found.emplace(table.unwrapped(stored.name), Located{&file, &stored});
        require(is_new, "{}: tensors {} and {} are both {}, expected one of them; write the checkpoint again",
                file.path(), in_quotes(entry->second.stored->name), in_quotes(stored.name), entry->first);
      }
    }
    return found;
  }

  const NameTable* table_ = nullptr;
  std::map<std::string, Located> found_;
  std::size_t count_ = 0;
};

// The type of a mapped parameter. Matrices and tables keep the file's storage if operations can read it.
DType mapped_dtype(const StoredTensor& stored, const Parameter& parameter) {
  const DType own = parameter.weight.dtype();
  if (own != DType::f32 || !is_large(parameter.role)) return own;
  const auto storages = weight_storages();
  const auto kept = std::ranges::find(storages, stored.type.name, &WeightStorage::file_type);
  return kept == storages.end() ? own : kept->dtype;
}

void check_shape(const TensorFile& file, const std::string& name, const std::string& found, const Shape& expected) {
  require(found == to_string(expected), "{}: {} must be {} as config.json says, found {}", file.path(), name, expected,
          found);
}

// A mapped parameter is a view of the file when the file already has its element type.
void take_over(const Located& from, Parameter parameter, WeightMemory memory) {
  const StoredTensor stored = from.oriented();
  check_shape(*from.file, stored.name, stored.shape(), parameter.value().shape());
  if (memory == WeightMemory::mapped) {
    parameter.weight.replace(from.file->read(stored, mapped_dtype(stored, parameter)));
  } else {
    Tensor value = parameter.value();
    from.file->read_into(stored, value);
  }
}

}  // namespace

std::vector<NamedTensor> named_tensors(const std::vector<Parameter>& parameters) {
  std::vector<NamedTensor> tensors;
  for (const Parameter& parameter : parameters) tensors.push_back({checkpoint_name(parameter), parameter.value()});
  return tensors;
}

std::vector<NamedTensor> named_tensors(const AdamW& optimizer) {
  std::vector<NamedTensor> tensors;
  for (const AdamW::Slot& slot : optimizer.state()) {
    const std::string name = checkpoint_name(slot.parameter);
    tensors.push_back({name + ".exp_avg", slot.m});
    tensors.push_back({name + ".exp_avg_sq", slot.v});
  }
  return tensors;
}

void read_tensors(const TensorFile& file, const std::vector<NamedTensor>& tensors) {
  for (NamedTensor target : tensors) {
    const StoredTensor* stored = file.find(target.name);
    require(stored != nullptr, "{}: tensor {} is missing; the file is not of this model", file.path(), target.name);
    check_shape(file, target.name, stored->shape(), target.tensor.shape());
    file.read_into(target.name, target.tensor);
  }
}

void check_vocabulary(const BertConfig& config, const Tokenizer& tokenizer, const std::string& name) {
  const Index size = tokenizer.vocabulary().size();
  require(size == config.vocab_size,
          "{}: the vocabulary has {} tokens, config.json says vocab_size {}; the files are not of one model", name,
          size, config.vocab_size);
}

BertConfig read_config(const std::filesystem::path& model) {
  const std::filesystem::path path = find_config(find_model(model));
  const BertConfig config = BertConfig::read(path);
  require(
      config.tie_word_embeddings,
      "{}: tie_word_embeddings is false, supported is true; choose a checkpoint whose decoder is its word embedding",
      path.string());
  return config;
}

LoadReport load_weights(const std::filesystem::path& directory, BertPreTrainedModel& model,
                        const LoadOptions& options) {
  const std::vector<TensorFile> files = open_weights(directory);
  const std::vector<Parameter> parameters = model.parameters();
  Tensors tensors(files, parameters);
  LoadReport report;
  std::vector<std::string> new_paths;
  for (const Parameter& parameter : parameters) {
    const std::optional<Located> found = tensors.take(parameter);
    const bool may_be_new = options.new_head_seed && parameter.place.of_head;
    if (may_be_new && (!found || found->oriented().shape() != to_string(parameter.value().shape()))) {
      report.initialized.push_back(checkpoint_name(parameter));
      new_paths.push_back(parameter.path);
      continue;
    }
    require(found.has_value(), "{}: tensor {} is missing, found {} others; {} needs it", files.front().path(),
            tensors.name(parameter), tensors.count(), model.architecture());
    take_over(*found, parameter, options.memory);
  }
  report.unexpected = tensors.others();
  if (!new_paths.empty()) model.initialize(*options.new_head_seed, new_paths);
  return report;
}

void save_pretrained(const std::filesystem::path& directory, const BertPreTrainedModel& model,
                     const Tokenizer& tokenizer, StorageType type) {
  BertConfig config = model.config();
  config.architectures = {model.architecture()};
  write_file_atomically(directory / "vocab.txt", tokenizer.vocab_text());
  write_file_atomically(directory / "tokenizer_config.json", tokenizer.config_text());
  write_file_atomically(directory / "config.json", config.to_json());
  write_safetensors(directory / "model.safetensors", named_tensors(model.parameters()), type);
}

}  // namespace mini_bert
