#pragma once

#include <string>
#include <string_view>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// Escapes a text for use between tags and inside a quoted attribute.
std::string escape_html(std::string_view text);

// Numbers for people. Values that are not finite become "∞" or "–". None of these functions returns markup.
std::string count_text(Index n);            // 1,234,567
std::string loss_text(double loss);         // 2.113
std::string perplexity_text(double value);  // 8.27, 431.5, 12,345, 1.2e+09
std::string epoch_text(double epochs);      // 3, 0.25, 0.0012
std::string rate_text(double rate);         // 1.2e-04
std::string percent_text(double share);     // 43.1 % for 0.431; < 0.1 %

}  // namespace mini_bert
