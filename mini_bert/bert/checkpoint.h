#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/files/model_folder.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Where the weights are kept: in the mapped file, so that a program answers before it has read all of them, matrices of
// f16 and bf16 as they are; or copied to the allocator's huge pages, which training, where every step passes over all
// of them, is faster with.
enum class WeightMemory { mapped, allocated };

struct LoadOptions {
  DType dtype = DType::f32;
  WeightMemory memory = WeightMemory::mapped;
  // Takes the place of config.json: other labels, for example.
  std::optional<BertConfig> config = std::nullopt;
  // Without it every tensor of the model must be in the file. With it those of the head, which is everything but
  // embeddings and encoder, may be missing or of another shape, as in a checkpoint made for another task: they get
  // random weights drawn from this seed.
  std::optional<std::uint64_t> new_head_seed = std::nullopt;
};

// What the file of a checkpoint and the model it was read for do not have in common.
struct LoadReport {
  std::vector<std::string> unexpected;   // tensors of the file that the model has no place for
  std::vector<std::string> initialized;  // parameters of the model that got random weights
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

// Fills a model with the weights of a directory. Older names are understood: gamma and beta for LayerNorm's weight and
// bias, names without the leading "bert.". Error, naming the file, the tensor, what was found and what was expected,
// when one is missing or has another shape than config.json says.
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
  pretrained.model = std::make_unique<Model>(config, options.dtype);
  pretrained.report = load_weights(directory, *pretrained.model, options);
  return pretrained;
}

// Writes one that any BERT program loads: config.json, model.safetensors, vocab.txt and tokenizer_config.json. Each
// file is replaced as a whole. The decoder's weight is the word embedding and not written again.
void save_pretrained(const std::filesystem::path& directory, const BertPreTrainedModel& model,
                     const Tokenizer& tokenizer, StorageType type = StorageType::f32);

// Copies tensors of the same names from a file, and back.
void read_parameters(const TensorFile& file, const std::vector<Parameter>& parameters);
std::vector<NamedTensor> named_tensors(const std::vector<Parameter>& parameters);

}  // namespace mini_bert
