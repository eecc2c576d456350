#include "mini_bert/files/file_kind.h"

#include <algorithm>
#include <utility>

namespace mini_bert {
namespace {

using namespace std::string_view_literals;

constexpr std::pair<std::string_view, std::string_view> beginnings[] = {
    {"PK\3\4"sv, "is a zip archive, as torch.save writes; call it pytorch_model.bin"},
    {"\x80\x02"sv, "is a pickle, as torch.save writes; call it pytorch_model.bin"},
    {"\x1f\x8b"sv, "is compressed with gzip; unpack it first"},
    {"\x89HDF"sv, "is an HDF5 file, as Keras writes; convert it with transformers, version 4"},
    {"GGUF"sv, "is a GGUF file, as llama.cpp reads; download the model in the form of transformers"},
    {"<"sv, "is a web page; a server has answered with a page instead of the file: download it again"},
    {"{"sv, "is a text in JSON; a server has answered with it instead of the file: download it again"},
};

}  // namespace

std::string describe_file_kind(std::span<const std::byte> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 64));
  // Eight bytes with the length of the header, of which the last ones are zero, and then the header.
  if (text.size() > 9 && text.substr(4, 6) == "\0\0\0\0{\""sv) {
    return "is a safetensors file; call it model.safetensors";
  }
  for (const auto& [beginning, what] : beginnings) {
    if (text.starts_with(beginning)) return std::string(what);
  }
  return "";
}

}  // namespace mini_bert
