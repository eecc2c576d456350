#include "mini_bert/tokenizer/tokenizer.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "python/src/bindings.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace mini_bert::python {
namespace {

// Names are those of the `tokenizers` package. Offsets count code points, as Python does.
nb::dict encode(const Tokenizer& self, const std::string& text, const std::optional<std::string>& pair,
                bool add_special_tokens, std::int32_t max_length) {
  const EncodeOptions options{.add_special_tokens = add_special_tokens,
                              .truncation = max_length > 0 ? Truncation::longest_first : Truncation::none,
                              .max_length = max_length};
  const Encoding encoding = pair ? self.encode_pair(text, *pair, options) : self.encode(text, options);
  const std::vector<TextRange> ranges = code_point_offsets(encoding, text, pair.value_or(""));
  nb::list tokens, offsets, word_ids;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    tokens.append(std::string(self.vocabulary().token(encoding.ids[i])));
    offsets.append(nb::make_tuple(ranges[i].begin, ranges[i].end));
    word_ids.append(encoding.word_ids[i] < 0 ? nb::object(nb::none()) : nb::object(nb::int_(encoding.word_ids[i])));
  }
  nb::dict result;
  result["ids"] = encoding.ids;
  result["type_ids"] = encoding.type_ids;
  result["tokens"] = tokens;
  result["offsets"] = offsets;
  result["word_ids"] = word_ids;
  result["special_tokens_mask"] = std::vector<int>(encoding.special.begin(), encoding.special.end());
  return result;
}

std::optional<std::int32_t> id_of(const Tokenizer& self, const std::string& token) {
  return self.vocabulary().find(token);
}

}  // namespace

void bind_tokenizer(nb::module_& module) {
  nb::class_<Tokenizer>(module, "Tokenizer")
      .def_static("from_directory",
                  [](const std::filesystem::path& folder) {
                    return std::make_shared<const Tokenizer>(Tokenizer::from_directory(folder));
                  })
      .def("encode", encode, "text"_a, "pair"_a.none(), "add_special_tokens"_a, "max_length"_a)
      .def(
          "decode",
          [](const Tokenizer& self, const std::vector<std::int32_t>& ids, bool skip_special_tokens) {
            return self.decode(ids, skip_special_tokens);
          },
          "ids"_a, "skip_special_tokens"_a)
      .def("token_to_id", id_of, "token"_a)
      .def("id_to_token",
           [](const Tokenizer& self, std::int32_t id) -> std::optional<std::string> {
             if (id < 0 || id >= self.vocabulary().size()) return std::nullopt;
             return std::string(self.vocabulary().token(id));
           })
      .def_prop_ro("size", [](const Tokenizer& self) { return self.vocabulary().size(); })
      .def_prop_ro("mask_id", &Tokenizer::mask_id)
      .def_prop_ro("max_length", [](const Tokenizer& self) { return self.options().model_max_length; });
}

}  // namespace mini_bert::python
