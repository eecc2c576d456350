#pragma once

#include <cstdint>
#include <string>

namespace mini_bert {

std::string format_count(std::int64_t count);  // "1,234,567"

}  // namespace mini_bert
