#include "mini_bert/bert/checkpoint.h"

#include <map>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/weight_files.h"

namespace mini_bert {
namespace {

// What tensors were called before they got their present names: LayerNorm.gamma and .beta in conversions from
// TensorFlow, and no leading "bert." in files of the bare encoder.
std::string present_name(std::string name) {
  const auto rename_ending = [&](std::string_view from, std::string_view to) {
    if (name.ends_with(from)) name.replace(name.size() - from.size(), from.size(), to);
  };
  rename_ending("LayerNorm.gamma", "LayerNorm.weight");
  rename_ending("LayerNorm.beta", "LayerNorm.bias");
  if (name.starts_with("embeddings.") || name.starts_with("encoder.") || name.starts_with("pooler.")) {
    name = "bert." + name;
  }
  return name;
}

// Tensors of a file that carry nothing of their own: an array 0, 1, 2, … and the decoder, which is the word embedding
// and the head's bias once more.
bool is_redundant(std::string_view name) {
  return name == "bert.embeddings.position_ids" || name.starts_with("cls.predictions.decoder.");
}

bool is_of_head(std::string_view name) {
  return !name.starts_with("bert.embeddings.") && !name.starts_with("bert.encoder.");
}

// Google's checkpoints call it bert_config.json.
std::filesystem::path find_config(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "config.json", googles = directory / "bert_config.json";
  std::error_code ignored;
  return !std::filesystem::exists(path, ignored) && std::filesystem::exists(googles, ignored) ? googles : path;
}

void check_shape(const TensorFile& file, const StoredTensor& stored, const Parameter& parameter) {
  const Shape shape = parameter.value().shape();
  require(stored.shape() == to_string(shape), "{}: {} must be {} as config.json says, found {}", file.path(),
          stored.name, shape, stored.shape());
}

// A tensor of a checkpoint: which file it is in.
struct Located {
  const TensorFile* file = nullptr;
  const StoredTensor* stored = nullptr;
};

// The type that a mapped parameter is used in: a matrix that the file has in halves stays so.
DType mapped_dtype(const StoredTensor& stored, const Parameter& parameter) {
  const DType own = parameter.var.dtype();
  if (own != DType::f32 || parameter.value().shape().rank() != 2) return own;
  return stored.type.name == "F16" ? DType::f16 : stored.type.name == "BF16" ? DType::bf16 : own;
}

// Mapped memory is a view of the file where it has the element type already.
void take_over(const Located& from, Parameter parameter, WeightMemory memory) {
  check_shape(*from.file, *from.stored, parameter);
  if (memory == WeightMemory::mapped) {
    parameter.var.replace_value(from.file->read(from.stored->name, mapped_dtype(*from.stored, parameter)));
  } else {
    Tensor value = parameter.value();
    from.file->read_into(from.stored->name, value);
  }
}

// Every tensor of the files under its present name. The head's bias has a second one, under which alone some files have
// it.
std::map<std::string, Located> locate(const std::vector<TensorFile>& files) {
  std::map<std::string, Located> found;
  for (const TensorFile& file : files) {
    for (const StoredTensor& stored : file.tensors()) {
      const auto [entry, is_new] = found.emplace(present_name(stored.name), Located{&file, &stored});
      require(is_new, "{}: tensors {} and {} are both {}, expected one of them; write the checkpoint again",
              file.path(), in_quotes(entry->second.stored->name), in_quotes(stored.name), entry->first);
    }
  }
  constexpr const char* bias = "cls.predictions.bias";
  if (!found.contains(bias)) {
    if (auto second = found.extract("cls.predictions.decoder.bias")) {
      second.key() = bias;
      found.insert(std::move(second));
    }
  }
  return found;
}

}  // namespace

void read_parameters(const TensorFile& file, const std::vector<Parameter>& parameters) {
  for (const Parameter& parameter : parameters) {
    const StoredTensor* stored = file.find(parameter.name);
    require(stored != nullptr, "{}: tensor {} is missing; the file is not of this model", file.path(), parameter.name);
    check_shape(file, *stored, parameter);
    Tensor target = parameter.value();
    file.read_into(parameter.name, target);
  }
}

std::vector<NamedTensor> named_tensors(const std::vector<Parameter>& parameters) {
  std::vector<NamedTensor> tensors;
  for (const Parameter& parameter : parameters) tensors.push_back({parameter.name, parameter.value()});
  return tensors;
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
  LoadReport report;
  std::map<std::string, Located> found = locate(files);
  const std::size_t count = found.size();
  for (const Parameter& parameter : model.parameters()) {
    const auto entry = found.extract(parameter.name);
    const bool may_be_new = options.new_head_seed && is_of_head(parameter.name);
    const bool fits = !entry.empty() && entry.mapped().stored->shape() == to_string(parameter.value().shape());
    if (may_be_new && !fits) {
      report.initialized.push_back(parameter.name);
      continue;
    }
    require(!entry.empty(), "{}: tensor {} is missing, found {} others; {} needs it", files.front().path(),
            parameter.name, count, model.architecture());
    take_over(entry.mapped(), parameter, options.memory);
  }
  for (const auto& [name, tensor] : found) {
    if (!is_redundant(name)) report.unexpected.push_back(tensor.stored->name);
  }
  if (!report.initialized.empty()) model.initialize(*options.new_head_seed, report.initialized);
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
