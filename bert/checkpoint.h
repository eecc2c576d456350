#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bert/files/safetensors.h"
#include "bert/model/bert.h"
#include "tokenizer/tokenizer.h"

namespace mini_bert {

// A model directory, as the Hugging Face hub has them: config.json, the weights in any of the forms of open_weights()
// and the tokenizer's files. Google's, with bert_config.json, is one too.
struct PretrainedModel {
  std::unique_ptr<BertForMaskedLM> model;
  Tokenizer tokenizer;
  std::vector<std::string> unexpected;  // tensors of the file that this model has no place for
};

// Where the weights are kept: in the mapped file, so that a program answers before it has read all of them, or copied
// to the allocator's huge pages, which training, where every step passes over all of them, is faster with.
enum class WeightMemory { mapped, allocated };

// Reads one, given by its folder or by its name in the Hugging Face cache (find_model()). Every tensor a masked
// language model needs must be there, in the shape config.json says. Older names are understood: gamma and beta for
// LayerNorm's weight and bias, names without the leading "bert.". Error otherwise, naming the file, the tensor, what
// was found and what was expected.
PretrainedModel load_pretrained(const std::filesystem::path& model, DType dtype = DType::f32,
                                WeightMemory memory = WeightMemory::mapped);

// Writes one that any BERT program loads: config.json, model.safetensors, vocab.txt and tokenizer_config.json. Each
// file is replaced as a whole. The decoder's weight is the word embedding and not written again.
void save_pretrained(const std::filesystem::path& directory, const BertForMaskedLM& model, const Tokenizer& tokenizer,
                     StorageType type = StorageType::f32);

// Error unless the tokenizer's vocabulary has as many tokens as the config says; `name` is for the message.
void check_vocabulary(const BertConfig& config, const Tokenizer& tokenizer, const std::string& name);

// Copies tensors of the same names from a file, and back.
void read_parameters(const TensorFile& file, const std::vector<Parameter>& parameters);
std::vector<NamedTensor> named_tensors(const std::vector<Parameter>& parameters);

}  // namespace mini_bert
