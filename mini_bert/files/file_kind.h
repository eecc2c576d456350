#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mini_bert {

// What a file is that was expected to hold tensors in another format: "is a web page, …; download it again". Decides by
// its first bytes. "" when they tell nothing.
std::string describe_file_kind(std::span<const std::byte> file);

}  // namespace mini_bert
