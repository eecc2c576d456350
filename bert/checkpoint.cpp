#include "bert/checkpoint.h"

#include <map>

#include "bert/files/atomic_file.h"

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

// Tensors of a masked language model's file that carry nothing of their own.
bool is_redundant(std::string_view name) {
  return name == "bert.embeddings.position_ids" || name.starts_with("cls.predictions.decoder.");
}

bool is_of_head(std::string_view name) {
  return !name.starts_with("bert.embeddings.") && !name.starts_with("bert.encoder.");
}

void read_parameter(const SafetensorsFile& file, const std::string& stored_name, const Parameter& parameter) {
  Tensor target = parameter.value();
  const StoredTensor& stored = *file.find(stored_name);
  require(stored.shape() == to_string(target.shape()), "{}: {} must be {} as config.json says, found {}", file.path(),
          stored_name, target.shape(), stored.shape());
  target.copy_from(file.read(stored_name, target.dtype()));
}

}  // namespace

void read_parameters(const SafetensorsFile& file, const std::vector<Parameter>& parameters) {
  for (const Parameter& parameter : parameters) {
    require(file.contains(parameter.name), "{}: tensor {} is missing; the file is not of this model", file.path(),
            parameter.name);
    read_parameter(file, parameter.name, parameter);
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

BertConfig read_config(const std::filesystem::path& directory) {
  require(std::filesystem::is_directory(directory),
          "{}: no such model folder; a folder with config.json, model.safetensors and vocab.txt is needed",
          directory.string());
  const BertConfig config = BertConfig::read(directory / "config.json");
  require(
      config.tie_word_embeddings,
      "{}: tie_word_embeddings is false, supported is true; choose a checkpoint whose decoder is its word embedding",
      (directory / "config.json").string());
  return config;
}

LoadReport load_weights(const std::filesystem::path& directory, BertPreTrainedModel& model,
                        const LoadOptions& options) {
  const SafetensorsFile file(directory / "model.safetensors");
  LoadReport report;
  std::map<std::string, std::string> stored_names;  // present name → name in the file
  for (const StoredTensor& tensor : file.tensors()) stored_names[present_name(tensor.name)] = tensor.name;
  for (const Parameter& parameter : model.parameters()) {
    const auto stored = stored_names.extract(parameter.name);
    const bool may_be_new = options.new_head_seed && is_of_head(parameter.name);
    const bool fits = !stored.empty() && file.find(stored.mapped())->shape() == to_string(parameter.value().shape());
    if (may_be_new && !fits) {
      report.initialized.push_back(parameter.name);
      continue;
    }
    require(!stored.empty(), "{}: tensor {} is missing, found {} others; {} needs it", file.path(), parameter.name,
            file.tensors().size(), model.architecture());
    read_parameter(file, stored.mapped(), parameter);
  }
  for (const auto& [name, stored_name] : stored_names) {
    if (!is_redundant(name)) report.unexpected.push_back(stored_name);
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
