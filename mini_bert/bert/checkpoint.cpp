#include "mini_bert/bert/checkpoint.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/checkpoint_tensors.h"
#include "mini_bert/bert/names/name_table.h"
#include "mini_bert/bert/other_task_error.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/replace_together.h"

namespace mini_bert {
namespace {

// Google's checkpoints call the file bert_config.json.
std::filesystem::path find_config(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "config.json", googles = directory / "bert_config.json";
  std::error_code ignored;
  return !std::filesystem::exists(path, ignored) && std::filesystem::exists(googles, ignored) ? googles : path;
}

// Whether two tensors hold the same numbers. Files of torch often have one storage for both.
bool equal_tensors(const LocatedTensor& a, const LocatedTensor& b) {
  if (a.stored->shape() != b.stored->shape()) return false;
  if (a.file == b.file && a.stored->begin == b.stored->begin && a.stored->strides == b.stored->strides) return true;
  const Tensor x = a.file->read(*a.stored), y = b.file->read(*b.stored);
  return std::ranges::equal(x.values<float>(), y.values<float>());
}

// The type of a mapped parameter. Matrices and tables keep the file's storage if operations can read it.
DType mapped_dtype(const StoredTensor& stored, const Parameter& parameter) {
  const DType own = parameter.weight.dtype();
  if (own != DType::f32 || !is_large(parameter.role)) return own;
  const auto storages = weight_storages();
  const auto kept = std::ranges::find(storages, stored.type.name, &WeightStorage::file_type);
  return kept == storages.end() ? own : kept->dtype;
}

// The tokens from an id on, or the first of them.
std::string tokens_from(const Tokenizer& tokenizer, Index first) {
  constexpr std::size_t most = 5;
  const auto& tokens = tokenizer.vocabulary().tokens();
  std::vector<std::string> names;
  std::transform(tokens.begin() + first, tokens.end(), std::back_inserter(names), printable);
  const std::size_t more = names.size() - std::min(most, names.size());
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

void check_shape(const TensorFile& file, const std::string& name, const std::string& found, const Shape& expected) {
  require(found == to_string(expected), "{}: {} must be {} as config.json says, found {}", file.path(), name, expected,
          found);
}

// A mapped parameter is a view of the file when the file already has its element type.
void take_over(const LocatedTensor& from, Parameter parameter, const LoadOptions& options) {
  const StoredTensor stored = from.oriented();
  check_shape(*from.file, stored.name, stored.shape(), parameter.value().shape());
  if (options.memory == WeightMemory::mapped) {
    return parameter.weight.replace(from.file->read(stored, mapped_dtype(stored, parameter)));
  }
  const auto read = [file = from.file, stored, parameter] {
    Tensor value = parameter.value();
    file->read_into(stored, value);
    parameter.weight.changed();
  };
  options.later != nullptr ? options.later->add(read) : read();
}

// The files that load_pretrained() reads from a directory of safetensors. Any that an older model leaves would change
// what the new one answers.
FileSet model_files() {
  const auto is_read = [](std::string_view name) {
    constexpr std::array names = {"config.json",       "model.safetensors",      "model.safetensors.index.json",
                                  "vocab.txt",         "tokenizer.json",         "tokenizer_config.json",
                                  "added_tokens.json", "special_tokens_map.json"};
    return std::ranges::find(names, name) != names.end();
  };
  return {.contains = is_read, .key = "config.json"};
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
  for (const NamedTensor& target : tensors) {
    const StoredTensor* stored = file.find(target.name);
    require(stored != nullptr, "{}: tensor {} is missing; the file is not of this model", file.path(), target.name);
    check_shape(file, target.name, stored->shape(), target.tensor.shape());
  }
  for (NamedTensor target : tensors) file.read_into(target.name, target.tensor);
}

void read_parameters(const TensorFile& file, const std::vector<Parameter>& parameters) {
  for (const Parameter& parameter : parameters) parameter.weight.changed();
  read_tensors(file, named_tensors(parameters));
}

std::string check_vocabulary(const BertConfig& config, const Tokenizer& tokenizer, const std::string& name) {
  constexpr Index most_usual = 1024;
  const Index size = tokenizer.vocabulary().size(), unused = config.vocab_size - size;
  require(tokenizer.base_size() <= config.vocab_size,
          "{}: the vocabulary has {} tokens, config.json says vocab_size {}; the files are not of one model, or lines "
          "were added to vocab.txt",
          name, tokenizer.base_size(), config.vocab_size);
  if (unused < 0) {
    return fmt::format("{}: tokens that the model has no vectors for were added to the tokenizer: {}", name,
                       tokens_from(tokenizer, config.vocab_size));
  }
  if (unused == 0 || (config.vocab_size % 8 == 0 && unused <= most_usual)) return "";
  return fmt::format(
      "{}: the vocabulary has {} tokens, config.json says vocab_size {}; if a line is missing in vocab.txt "
      "or the files are of two models, answers are wrong",
      name, size, config.vocab_size);
}

BertConfig read_config(const std::filesystem::path& model) {
  const std::filesystem::path path = find_config(encoder_folder(find_model(model)));
  return BertConfig::read(path);
}

bool decoder_is_tied(const std::vector<TensorFile>& files, const BertConfig& config) {
  const DecoderPaths paths = decoder_paths();
  const CheckpointTensors tensors(files, {std::string(paths.word_embeddings)});
  const std::optional<LocatedTensor> weight = tensors.find(paths.weight);
  if (!config.tie_word_embeddings) {
    // transformers 5 reports this bias as missing and starts it at zero; transformers 4 added the bias of the head.
    require(
        !weight || tensors.find(paths.bias),
        "{}: tensor {} has no bias of its own, but config.json says tie_word_embeddings false; set it to true, then "
        "the bias of the head is taken",
        files.front().path(), weight ? in_quotes(weight->stored->name) : "");
    return false;
  }
  const std::optional<LocatedTensor> embeddings = tensors.find(paths.word_embeddings);
  return !weight || !embeddings || equal_tensors(*weight, *embeddings);
}

LoadReport load_weights(const std::vector<TensorFile>& files, BertPreTrainedModel& model, const LoadOptions& options) {
  const std::vector<Parameter> parameters = model.parameters();
  std::vector<std::string> paths;
  for (const Parameter& parameter : parameters) paths.push_back(parameter.path);
  CheckpointTensors tensors(files, paths);
  const std::string made_for = other_architecture(tensors, model.config(), model.architecture());
  const bool other_task = !made_for.empty();
  if (!options.new_head_seed && other_task) throw OtherTaskError(files.front().path(), made_for, model.architecture());

  LoadReport report;
  std::vector<std::string> new_paths;
  for (const Parameter& parameter : parameters) {
    const std::optional<LocatedTensor> found = tensors.take(parameter.path);
    const bool may_be_new = options.new_head_seed && parameter.place.of_head;
    const bool other_labels = parameter.place.row_per_label && (options.new_labels || other_task);
    const bool fits = found && found->oriented().shape() == to_string(parameter.value().shape());
    if (may_be_new && (!fits || other_labels)) {
      report.initialized.push_back(checkpoint_name(parameter));
      new_paths.push_back(parameter.path);
      continue;
    }
    require(found.has_value(), "{}: tensor {} is missing, found {} others; {} needs it", files.front().path(),
            tensors.name(parameter.path), tensors.count(), model.architecture());
    take_over(*found, parameter, options);
  }
  for (const std::string& path : paths) tensors.drop_repeated(path);
  report.unexpected = tensors.others();
  if (!new_paths.empty()) model.initialize(*options.new_head_seed, new_paths);
  return report;
}

std::vector<WrittenFile> save_pretrained(const std::filesystem::path& directory, const BertPreTrainedModel& model,
                                         const Tokenizer& tokenizer, StorageType type) {
  BertConfig config = model.config();
  config.architectures = {model.architecture()};
  const auto positions = static_cast<std::int32_t>(config.max_position_embeddings);
  const std::optional<std::string> json = tokenizer.json_text();
  std::vector<NamedTensor> tensors = named_tensors(model.parameters());
  for (const Parameter& parameter : model.parameters()) {
    if (auto name = second_checkpoint_name(parameter)) tensors.push_back({std::move(*name), parameter.value()});
  }
  std::vector<WrittenFile> written;
  replace_together(directory, model_files(), [&](const std::filesystem::path& folder) {
    written = {
        write_file_atomically(folder / "tokenizer_config.json", tokenizer.config_text(positions)),
        write_file_atomically(folder / (json ? "tokenizer.json" : "vocab.txt"), json ? *json : tokenizer.vocab_text()),
        write_file_atomically(folder / "config.json", config.to_json()),
        write_safetensors(folder / "model.safetensors", tensors, type)};
  });
  return written;
}

}  // namespace mini_bert
