#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mini_bert {

// Joins the pieces of a text: a space before each but the first, except that a piece with the prefix ("##") loses it
// and is glued to the piece before. With `cleanup`, the space before . ? ! , n't 'm 's 've 're goes too; every piece
// is cleaned on its own, as WordPiece decoding of the `tokenizers` package does it.
std::string join_pieces(std::span<const std::string_view> pieces, std::string_view prefix, bool cleanup);

}  // namespace mini_bert
