#include "mini_bert/pipelines/masking_request.h"

#include <algorithm>
#include <string_view>

namespace mini_bert {

std::vector<std::string> MaskingRequest::split_mask_words() const {
  std::vector<std::string> words;
  for (std::string_view rest : mask_words) {
    while (!rest.empty()) {
      std::size_t end = rest.size(), next = rest.size();
      for (const std::string_view comma : {",", "，", "、"}) {
        const std::size_t found = rest.find(comma);
        if (found >= end) continue;
        end = found;
        next = found + comma.size();
      }
      if (end > 0) words.emplace_back(rest.substr(0, end));
      rest.remove_prefix(next);
    }
  }
  return words;
}

}  // namespace mini_bert
