#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/files/model_folder.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/initial_values.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Where the weights are kept. `mapped`: in the mapped file, so a program answers before it has read all of them;
// weights that the file stores in fewer bits stay so (weight_storages()). `allocated`: copied to the allocator's huge
// pages, which makes training faster, because every step passes over all weights.
enum class WeightMemory { mapped, allocated };

struct LoadOptions {
  DType dtype = DType::f32;
  WeightMemory memory = WeightMemory::mapped;
  // Replaces config.json, for example to give other labels.
  std::optional<BertConfig> config = std::nullopt;
  // Without it every tensor of the model must be in the file. With it the tensors of the head and of the pooler may be
  // missing or have another shape, as in a checkpoint made for another task. They get random weights drawn from this
  // seed.
  std::optional<std::uint64_t> new_head_seed = std::nullopt;
};

// Where a checkpoint's file and the model that was loaded from it differ.
struct LoadReport {
  std::vector<std::string> unexpected;   // tensors of the file that the model has no place for, as the file calls them
  std::vector<std::string> initialized;  // parameters of the model that got random weights, as we would write them
};

// A model directory, as the Hugging Face hub has them: config.json, the weights in any of the forms of open_weights()
// and the tokenizer's files. Google's, with bert_config.json, is one too.
template <class Model>
struct Pretrained {
  std::unique_ptr<Model> model;
  Tokenizer tokenizer;
  LoadReport report;
};
using PretrainedModel = Pretrained<BertForMaskedLM>;

// What a model's config.json says; the model as load_pretrained() takes it.
BertConfig read_config(const std::filesystem::path& model);

// Error unless the tokenizer's vocabulary has as many tokens as the config says; `name` is for the message.
void check_vocabulary(const BertConfig& config, const Tokenizer& tokenizer, const std::string& name);

// Fills a model with the weights of a directory. The names may be those of any family in bert/names/, older spellings
// and names with the prefixes of wrappers included. Error, naming the file, the tensor as the file calls it, what was
// found and what was expected, when one is missing or has another shape than config.json says.
LoadReport load_weights(const std::filesystem::path& directory, BertPreTrainedModel& model,
                        const LoadOptions& options = {});

// Reads a model for one task, whatever task its checkpoint was made for, given by its folder or by its name in the
// Hugging Face cache (find_model()).
template <class Model = BertForMaskedLM>
Pretrained<Model> load_pretrained(const std::filesystem::path& model, const LoadOptions& options = {}) {
  const std::filesystem::path directory = find_model(model);
  const BertConfig config = options.config ? *options.config : read_config(directory);
  Pretrained<Model> pretrained{nullptr, Tokenizer::from_directory(directory), {}};
  check_vocabulary(config, pretrained.tokenizer, directory.string());
  {
    const NoInitialValues every_weight_is_read;
    pretrained.model = std::make_unique<Model>(config, options.dtype);
  }
  pretrained.report = load_weights(directory, *pretrained.model, options);
  return pretrained;
}

// Writes one that any BERT program loads: config.json, model.safetensors, vocab.txt and tokenizer_config.json. Each
// file is replaced as a whole. The decoder's weight is the word embedding and not written again.
void save_pretrained(const std::filesystem::path& directory, const BertPreTrainedModel& model,
                     const Tokenizer& tokenizer, StorageType type = StorageType::f32);

// Weights, and the two means that AdamW keeps of each ("<name>.exp_avg" and "<name>.exp_avg_sq"), under the names that
// we write. The tensors are handles: read_tensors() fills them from a file that has all of these names and shapes.
std::vector<NamedTensor> named_tensors(const std::vector<Parameter>& parameters);
std::vector<NamedTensor> named_tensors(const AdamW& optimizer);
void read_tensors(const TensorFile& file, const std::vector<NamedTensor>& tensors);

}  // namespace mini_bert
