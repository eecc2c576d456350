#pragma once

#include <string>
#include <string_view>

#include "mini_bert/files/safetensors_header.h"

// The first half of parse_safetensors_header(): the JSON. Only that function may use it, because offsets have not been
// compared with the file's length yet.
namespace mini_bert::safetensors {

inline constexpr std::string_view remedy = "the file is damaged or not a safetensors file; download or write it again";

// Parses the header's text. Error unless it is an object of tensors, each with dtype, shape and data_offsets and
// nothing else, in which no key occurs twice. begin and end still count from the first byte behind the header.
SafetensorsHeader read_header_json(std::string_view text, const std::string& path);

}  // namespace mini_bert::safetensors
