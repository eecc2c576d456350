#include "mini_bert/files/safetensors.h"

namespace mini_bert {

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : SafetensorsFile(path.string(), std::make_shared<MappedFile>(path, Mapping::copy_on_write)) {}

SafetensorsFile::SafetensorsFile(const std::string& path, const std::shared_ptr<MappedFile>& file)
    : SafetensorsFile(path, file, parse_safetensors_header(file->bytes(), path)) {}

SafetensorsFile::SafetensorsFile(const std::string& path, std::shared_ptr<MappedFile> file, SafetensorsHeader header)
    : TensorFile(path, std::move(file), std::move(header.tensors)), metadata_(std::move(header.metadata)) {}

}  // namespace mini_bert
