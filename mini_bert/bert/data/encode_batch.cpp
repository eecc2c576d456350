#include "mini_bert/bert/data/encode_batch.h"

#include "mini_bert/tensor/parallel.h"

namespace mini_bert {

std::vector<Encoding> encode_batch(std::span<const std::string_view> texts, const Tokenizer& tokenizer,
                                   const EncodeOptions& options) {
  std::vector<Encoding> encodings(texts.size());
  // Share s takes every shares-th text. Contiguous shares would differ in work, because neighbouring texts have similar
  // lengths: files are sorted, or are joined from files of verse and of prose.
  const auto shares = static_cast<std::size_t>(num_threads());
  parallel_for(static_cast<Index>(shares), 1, [&](Index share) {
    for (auto i = static_cast<std::size_t>(share); i < texts.size(); i += shares) {
      encodings[i] = tokenizer.encode(texts[i], options);
    }
  });
  return encodings;
}

}  // namespace mini_bert
