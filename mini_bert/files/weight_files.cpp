#include "mini_bert/files/weight_files.h"

#include <map>
#include <string>
#include <system_error>

#include <nlohmann/json.hpp>

#include "mini_bert/files/file_error.h"
#include "mini_bert/files/json.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/files/tensorflow_checkpoint.h"
#include "mini_bert/files/text_file.h"
#include "mini_bert/files/torch_file.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

// A file that cannot be looked at is there: opening it says why.
bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) || error;
}

constexpr std::string_view remedy = "download the index again, with all the files it names";
constexpr std::size_t most_shards = 10000;

TensorFile open_safetensors(const fs::path& path) {
  return SafetensorsFile(path);
}

// "model-00001-of-00002.safetensors": a file beside the index and nothing else, so that an index cannot name any other
// file of the machine.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find_first_of(std::string_view("/\\\0", 3)) == name.npos;
}

// Which tensors are in which file.
std::map<std::string, std::vector<std::string>> read_weight_map(const fs::path& index) {
  const std::string path = index.string();
  const nlohmann::json json = parse_json(read_text_file(index), path);
  const auto map = json.is_object() ? json.find("weight_map") : json.end();
  require(json.is_object() && map != json.end() && map->is_object(),
          "{}: has no weight_map, expected {{\"weight_map\": {{\"tensor\": \"file\"}}}}; {}", path, remedy);
  std::map<std::string, std::vector<std::string>> tensors;
  for (const auto& [tensor, file] : map->items()) {
    require(file.is_string(), "{}: weight_map: {} is {}, expected the name of a file; {}", path, in_quotes(tensor),
            file.type_name(), remedy);
    const auto& name = file.get_ref<const std::string&>();
    require(is_plain_name(name), "{}: weight_map: {} is in {}, expected a file beside the index; {}", path,
            in_quotes(tensor), in_quotes(name), remedy);
    tensors[name].push_back(tensor);
    require(tensors.size() <= most_shards, "{}: weight_map: more than {} files; {}", path, most_shards, remedy);
  }
  require(!tensors.empty(), "{}: weight_map is empty, expected tensors; {}", path, remedy);
  return tensors;
}

std::vector<TensorFile> open_shards(const fs::path& index, TensorFile (*open)(const fs::path&)) {
  std::vector<TensorFile> files;
  for (const auto& [name, tensors] : read_weight_map(index)) {
    const fs::path path = index.parent_path() / name;
    require(is_there(path), "{}: weight_map: the file {} is not there, expected it beside the index; {}",
            index.string(), in_quotes(name), remedy);
    const TensorFile& file = files.emplace_back(open(path));
    for (const std::string& tensor : tensors) {
      require(file.contains(tensor), "{}: has no tensor {}, expected it as {} says; {}", file.path(), in_quotes(tensor),
              index.filename().string(), remedy);
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
  fail(
      "{}: there is no such file, nor pytorch_model.bin, an index of either, or bert_model.ckpt.index beside it; "
      "download the model's weights",
      (directory / "model.safetensors").string());
}

}  // namespace mini_bert
