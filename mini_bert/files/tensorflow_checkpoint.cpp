#include "mini_bert/files/tensorflow_checkpoint.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

void replace(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

void replace_ending(std::string& text, std::string_view from, std::string_view to) {
  if (text.ends_with(from)) text.replace(text.size() - from.size(), from.size(), to);
}

// What a training run adds to the weights.
bool is_of_optimizer(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('/') + 1);
  return last == "adam_m" || last == "adam_v" || last == "global_step" || last.starts_with("AdamWeightDecayOptimizer");
}

// Google's name -> Hugging Face's: slashes become dots, and a few words differ.
std::string present_name(std::string name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> whole = {
      {{"output_weights", "classifier.weight"},  // of run_classifier.py
       {"output_bias", "classifier.bias"},
       {"cls/squad/output_weights", "qa_outputs.weight"},
       {"cls/squad/output_bias", "qa_outputs.bias"}}};
  const auto known = std::ranges::find(whole, name, &std::pair<std::string_view, std::string_view>::first);
  if (known != whole.end()) return std::string(known->second);
  replace(name, "/layer_", "/layer/");
  replace(name, "/", ".");
  replace_ending(name, ".kernel", ".weight");
  replace_ending(name, ".gamma", ".weight");
  replace_ending(name, ".beta", ".bias");
  replace_ending(name, "_embeddings", "_embeddings.weight");
  replace_ending(name, "predictions.output_bias", "predictions.bias");
  replace_ending(name, "seq_relationship.output_bias", "seq_relationship.bias");
  replace_ending(name, "seq_relationship.output_weights", "seq_relationship.weight");
  return name;
}

// x·kernel [in,out] is what others write as weight [out,in], of which it is the transpose.
void transpose_kernel(StoredTensor& tensor) {
  if (!tensor.name.ends_with("/kernel") || tensor.extents.size() != 2) return;
  const Index in = tensor.extents[0], out = tensor.extents[1];
  tensor.extents = {out, in};
  // Always fits: it counts the same elements another way.
  set_strides(tensor, {1, out}, static_cast<std::size_t>(in * out));
}

}  // namespace

std::vector<TensorFile> open_tensorflow_checkpoint(const std::filesystem::path& index_path) {
  const std::string path = index_path.string();
  TensorflowIndex index;
  {
    const MappedFile file(index_path);
    index = parse_tensorflow_index(file.bytes(), path);
  }
  std::vector<std::vector<StoredTensor>> tensors(static_cast<std::size_t>(index.shards));
  for (auto& [tensor, shard] : index.variables) {
    require(shard < index.shards, "{}: variable {}: is in data file {}, but there are {}; download it again", path,
            in_quotes(tensor.name), shard, index.shards);
    if (is_of_optimizer(tensor.name)) continue;
    transpose_kernel(tensor);
    tensor.name = present_name(std::move(tensor.name));
    tensors[static_cast<std::size_t>(shard)].push_back(std::move(tensor));
  }
  std::vector<TensorFile> files;
  for (std::size_t shard = 0; shard < tensors.size(); ++shard) {
    std::filesystem::path data = index_path;
    data.replace_extension(fmt::format(".data-{:05}-of-{:05}", shard, index.shards));
    auto file = std::make_shared<MappedFile>(data, Mapping::copy_on_write);
    for (const StoredTensor& tensor : tensors[shard]) {
      require(tensor.end <= file->bytes().size(),
              "{}: variable {} ends at byte {}, but the file has {}; download it again", data.string(),
              in_quotes(tensor.name), tensor.end, file->bytes().size());
    }
    files.emplace_back(data.string(), std::move(file), std::move(tensors[shard]));
  }
  return files;
}

}  // namespace mini_bert
