#include "mini_bert/tokenizer/decoder.h"

#include <utility>

namespace mini_bert {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The order matters: later replacements rely on earlier ones.
constexpr std::pair<std::string_view, std::string_view> replacements[] = {
    {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},   {" n't", "n't"},
    {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};

}  // namespace

std::string join_pieces(std::span<const std::string_view> pieces, std::optional<std::string_view> prefix,
                        bool cleanup) {
  std::string text;
  std::string piece;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i == 0) {
      piece = pieces[i];
    } else if (prefix && pieces[i].starts_with(*prefix)) {
      piece = pieces[i].substr(prefix->size());
    } else {
      piece = ' ';
      piece += pieces[i];
    }
    if (cleanup) {
      for (const auto& [from, to] : replacements) replace_all(piece, from, to);
    }
    text += piece;
  }
  return text;
}

}  // namespace mini_bert
