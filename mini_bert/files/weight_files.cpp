#include "mini_bert/files/weight_files.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <system_error>

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/folder.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/json_fields.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/files/tensorflow_checkpoint.h"
#include "mini_bert/files/torch_file.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

// A file whose state cannot be read counts as existing, because opening it will say why.
bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) || error;
}

constexpr const char* shards_remedy = "download the index again, with all the files it names";
constexpr std::size_t most_shards = 10000;

// How the names of files with weights end, in any format.
constexpr std::string_view weight_endings[] = {".safetensors", ".bin",  ".pt",   ".pth",    ".ckpt",
                                               ".h5",          ".onnx", ".gguf", ".msgpack"};

TensorFile open_safetensors(const fs::path& path) {
  return SafetensorsFile(path);
}

// Whether a name is that of a file beside the index, as "model-00001-of-00002.safetensors" is. A hostile index must not
// name other files of the machine.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find_first_of(std::string_view("/\\\0", 3)) == name.npos;
}

// The names of the tensors in each file.
std::map<std::string, std::vector<std::string>> read_weight_map(const fs::path& index) {
  const std::string path = index.string();
  const nlohmann::json json = parse_json(read_text_file(index), path);
  const JsonField map = JsonField(json, path, shards_remedy).at("weight_map");
  std::map<std::string, std::vector<std::string>> tensors;
  for (const auto& [tensor, file] : map.object().json().items()) {
    const std::string name = map.at(tensor).text();
    require(is_plain_name(name), "{}: weight_map: {} is in {}, expected a file beside the index; {}", path,
            in_quotes(tensor), in_quotes(name), shards_remedy);
    tensors[name].push_back(tensor);
    require(tensors.size() <= most_shards, "{}: weight_map: more than {} files; {}", path, most_shards, shards_remedy);
  }
  require(!tensors.empty(), "{}: weight_map is empty, expected tensors; {}", path, shards_remedy);
  return tensors;
}

// "; found are a.safetensors, tf_model.h5": files of a folder that seem to hold weights, but are not called as a
// model's files are. "" when there are none.
std::string other_weights(const fs::path& directory, const std::string& index) {
  constexpr std::size_t most = 6;
  std::set<std::string> found;
  std::error_code ignored;
  for (const std::string& name : names_in(directory, ignored)) {
    const std::string ending = fs::path(name).extension().string();
    if (name != index && std::ranges::find(weight_endings, ending) != std::end(weight_endings)) found.insert(name);
  }
  if (found.empty()) return "";
  std::vector<std::string> names(found.begin(), found.end());
  if (names.size() > most) names.resize(most);
  return fmt::format("; found {}{}", fmt::join(names, ", "), found.size() > most ? ", …" : "");
}

std::vector<TensorFile> open_shards(const fs::path& index, TensorFile (*open)(const fs::path&)) {
  std::vector<TensorFile> files;
  for (const auto& [name, tensors] : read_weight_map(index)) {
    const fs::path path = index.parent_path() / name;
    require(is_there(path), "{}: weight_map: the file {} is not there, expected it beside the index; {}{}",
            index.string(), in_quotes(name), shards_remedy,
            other_weights(index.parent_path(), index.filename().string()));
    const TensorFile& file = files.emplace_back(open(path));
    for (const std::string& tensor : tensors) {
      require(file.contains(tensor), "{}: has no tensor {}, expected it as {} says; {}", file.path(), in_quotes(tensor),
              index.filename().string(), shards_remedy);
    }
  }
  return files;
}

std::vector<TensorFile> one(TensorFile file) {
  std::vector<TensorFile> files;
  files.push_back(std::move(file));
  return files;
}

}  // namespace

std::vector<TensorFile> open_weights(const fs::path& directory) {
  const auto there = [&](const char* name) { return is_there(directory / name); };
  if (there("model.safetensors")) return one(open_safetensors(directory / "model.safetensors"));
  if (there("model.safetensors.index.json")) {
    return open_shards(directory / "model.safetensors.index.json", open_safetensors);
  }
  if (there("pytorch_model.bin")) return one(open_torch_file(directory / "pytorch_model.bin"));
  if (there("pytorch_model.bin.index.json")) {
    return open_shards(directory / "pytorch_model.bin.index.json", open_torch_file);
  }
  if (there("bert_model.ckpt.index")) return open_tensorflow_checkpoint(directory / "bert_model.ckpt.index");
  const std::string found = other_weights(directory, "");
  const bool has_parts = found.find("-of-") != found.npos;
  fail("{}: there is no such file, nor pytorch_model.bin, an index of either, or bert_model.ckpt.index beside it{}; {}",
       (directory / "model.safetensors").string(), found,
       has_parts       ? "download the index of these files, model.safetensors.index.json, as well"
       : found.empty() ? "download the model's weights"
                       : "if these are the model's weights in the form of safetensors, rename them");
}

}  // namespace mini_bert
