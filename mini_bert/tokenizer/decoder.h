#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mini_bert {

// Joins pieces to a text, with a space before each piece but the first. A piece with the prefix ("##") loses the prefix
// and follows the piece before it without a space; without a prefix, every piece gets a space. `cleanup` also removes
// the space before . ? ! , n't 'm 's 've 're. Each piece is cleaned separately, as WordPiece decoding of the
// `tokenizers` package does.
std::string join_pieces(std::span<const std::string_view> pieces, std::optional<std::string_view> prefix, bool cleanup);

}  // namespace mini_bert
