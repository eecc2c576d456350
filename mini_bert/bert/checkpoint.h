#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mini_bert/bert/model/bert.h"
#include "mini_bert/files/model_folder.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/files/weight_files.h"
#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/initial_values.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Where the weights are stored. `mapped`: in the mapped file, so a program can answer before it has read all weights;
// weights that the file stores in fewer bits keep that storage (weight_storages()). `allocated`: copied to the
// allocator's huge pages. This makes training faster, because every step reads and writes all weights.
enum class WeightMemory { mapped, allocated };

// Weights that a model does not have yet. Until read() it has the address space for them alone, which takes no memory.
class WeightsToCome {
 public:
  void add(std::function<void()> reading) { readings_.push_back(std::move(reading)); }
  void read() {
    for (const auto& reading : std::exchange(readings_, {})) reading();
  }

 private:
  std::vector<std::function<void()>> readings_;  // each reads a part
};

struct LoadOptions {
  DType dtype = DType::f32;
  WeightMemory memory = WeightMemory::mapped;
  // Replaces config.json, for example to give other labels.
  std::optional<BertConfig> config = std::nullopt;
  // Without a seed, the file must contain every tensor of the model. With a seed, tensors of the head and of the pooler
  // may be missing or have another shape, as in a checkpoint made for another task. They get random weights drawn from
  // this seed.
  std::optional<std::uint64_t> new_head_seed = std::nullopt;
  // The labels are others than those the checkpoint was trained with: with a seed, weights for labels are new, even if
  // there are as many.
  bool new_labels = false;
  // Takes the reading of the weights of files, if WeightMemory is `allocated`. Everything else is checked at once.
  WeightsToCome* later = nullptr;
};

// The differences between a checkpoint's file and the model that was loaded from it.
struct LoadReport {
  std::vector<std::string> unexpected;   // tensors that the model does not have, under the file's names
  std::vector<std::string> initialized;  // parameters that got random weights, under the names that we write
  // Keys of the folder's files that nobody knows, "config.json: colour": they might change results elsewhere.
  std::vector<std::string> unknown_keys;
  std::string vocabulary_note;  // of check_vocabulary()
};

// A model directory, as on the Hugging Face hub: config.json, weights in any form that open_weights() reads, and the
// tokenizer's files. Google's directories, with bert_config.json, are accepted too.
template <class Model>
struct Pretrained {
  std::unique_ptr<Model> model;
  Tokenizer tokenizer;
  LoadReport report;
};
using PretrainedModel = Pretrained<BertForMaskedLM>;

// Reads a model's config.json. `model` is a folder or a name, as for load_pretrained().
BertConfig read_config(const std::filesystem::path& model);

// Compares the tokenizer with the config's vocab_size, as transformers does; `name` appears in the messages. Error when
// the vocabulary itself, without added tokens, is larger. Added tokens may have no rows, and rows may have no tokens:
// they are never read. Returns a note about either for the user, or "" when there are none, or when they are usual:
// vocab_size is a multiple of 8, and at most 1024 rows have no token.
std::string check_vocabulary(const BertConfig& config, const Tokenizer& tokenizer, const std::string& name);

// Whether the decoder of a masked language model is its table of word embeddings, by the rule of transformers 5.23:
// yes when config.tie_word_embeddings is true, unless the files hold a decoder that differs from the table. Error when
// config.tie_word_embeddings is false and the decoder's bias is missing.
bool decoder_is_tied(const std::vector<TensorFile>& files, const BertConfig& config);

// Fills a model with weights from files. Tensor names may follow any family in bert/names/, including older
// spellings and names with the prefixes of wrappers. Error when a tensor is missing or has another shape than
// config.json says. The message gives the file, the tensor under the file's name, the expected and the found value.
// OtherTaskError when the file was made for another task and options give no seed for a new head. Weights that are read
// later are read from `files`.
LoadReport load_weights(const std::vector<TensorFile>& files, BertPreTrainedModel& model,
                        const LoadOptions& options = {});

// Loads a model for one task; its checkpoint may have been made for another task. `model` is a folder or a name in the
// Hugging Face cache (find_model()).
template <class Model = BertForMaskedLM>
Pretrained<Model> load_pretrained(const std::filesystem::path& model, const LoadOptions& options = {}) {
  const std::filesystem::path directory = encoder_folder(find_model(model));
  BertConfig config = options.config ? *options.config : read_config(directory);
  Pretrained<Model> pretrained{nullptr, Tokenizer::from_directory(directory), {}};
  const std::string vocabulary_note = check_vocabulary(config, pretrained.tokenizer, directory.string());
  pretrained.tokenizer.set_rows(config.vocab_size);
  const auto opened = std::make_shared<const std::vector<TensorFile>>(open_weights(directory));
  const std::vector<TensorFile>& files = *opened;
  if (options.later != nullptr) options.later->add([opened] {});  // keeps them open
  if constexpr (requires { Model::has_decoder; }) config.tie_word_embeddings = decoder_is_tied(files, config);
  {
    const NoInitialValues every_weight_is_read;
    pretrained.model = std::make_unique<Model>(config, options.dtype);
  }
  pretrained.report = load_weights(files, *pretrained.model, options);
  pretrained.report.vocabulary_note = vocabulary_note;
  pretrained.report.unknown_keys = config.unknown_keys;
  for (const std::string& key : pretrained.tokenizer.options().unknown_keys) {
    pretrained.report.unknown_keys.push_back(key);
  }
  return pretrained;
}

// Writes a model directory that any BERT program can load: config.json, model.safetensors, vocab.txt (or
// tokenizer.json) and tokenizer_config.json. A model that the directory already holds is replaced as a whole
// (replace_together.h): at any moment its files are all old or all new. A decoder that is the table of word embeddings
// is not written again. Returns what was written.
std::vector<WrittenFile> save_pretrained(const std::filesystem::path& directory, const BertPreTrainedModel& model,
                                         const Tokenizer& tokenizer, StorageType type = StorageType::f32);

// The weights and AdamW's two means for each weight ("<name>.exp_avg" and "<name>.exp_avg_sq"), under the names that we
// write. The tensors share memory with the parameters. read_tensors() fills them from a file that has all of these
// names and shapes; otherwise it throws Error and changes none.
std::vector<NamedTensor> named_tensors(const std::vector<Parameter>& parameters);
std::vector<NamedTensor> named_tensors(const AdamW& optimizer);
void read_tensors(const TensorFile& file, const std::vector<NamedTensor>& tensors);
void read_parameters(const TensorFile& file, const std::vector<Parameter>& parameters);  // likewise

}  // namespace mini_bert
