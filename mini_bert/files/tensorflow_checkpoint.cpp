#include "mini_bert/files/tensorflow_checkpoint.h"

#include <utility>

#include "mini_bert/base/file_error.h"

namespace mini_bert {

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
