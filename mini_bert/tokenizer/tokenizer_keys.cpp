#include "mini_bert/tokenizer/tokenizer_keys.h"

#include <algorithm>

#include "mini_bert/base/file_error.h"

namespace mini_bert {
namespace {

using enum KeyUse;

constexpr KnownKey config_table[] = {
    {"tokenizer_class"},
    {"do_lower_case"},
    {"strip_accents"},
    {"tokenize_chinese_chars"},
    {"model_max_length"},
    {"max_len"},  // the older name of model_max_length
    {"truncation_side"},
    {"split_special_tokens"},
    {"model_input_names"},
    {"clean_up_tokenization_spaces"},
    {"added_tokens_decoder"},
    {"additional_special_tokens"},
    {"extra_special_tokens"},
    {"*_token"},
    // Of mini_bert alone.
    {"whole_cjk_extension_e"},
    {"decode_cleanup"},

    // transformers 5 takes the tokens of a BERT from its template, whatever these say.
    {"add_bos_token", harmless},
    {"add_eos_token", harmless},
    {"add_prefix_space", harmless},
    {"add_special_tokens", harmless},
    // Of the tokenizer that transformers 5 no longer has: it ignores them.
    {"do_basic_tokenize", harmless},
    {"never_split", harmless},
    {"use_fast", harmless},
    {"clean_text", harmless},
    {"max_input_chars_per_word", harmless},
    {"wordpieces_prefix", harmless},
    // How other programs pad a batch. mini_bert packs texts without padding.
    {"padding_side", harmless},
    {"pad_to_multiple_of", harmless},
    {"pad_token_type_id", harmless},
    // What a caller of transformers asks for; both programs take it from the task.
    {"max_length", harmless},
    {"stride", harmless},
    {"truncation_strategy", harmless},
    {"return_tensors", harmless},
    // Where the tokenizer came from.
    {"name_or_path", harmless},
    {"_name_or_path", harmless},
    {"special_tokens_map_file", harmless},
    {"tokenizer_file", harmless},
    {"vocab_file", harmless},
    {"full_tokenizer_file", harmless},
    {"processor_class", harmless},
    {"transformers_version", harmless},
    {"_commit_hash", harmless},
    {"backend", harmless},
    {"is_local", harmless},
    {"local_files_only", harmless},
    {"device_map", harmless},
    {"chat_template", harmless},
    // A program that the file brings with it. mini_bert runs none, as transformers runs none unless it is told to trust
    // it.
    {"auto_map", harmless},

    {"init_inputs", refused},
};

constexpr KnownKey json_table[] = {
    {"added_tokens"}, {"model"},      {"normalizer"}, {"pre_tokenizer"},     {"post_processor"},
    {"decoder"},      {"truncation"}, {"padding"},    {"version", harmless},
};

constexpr KnownKey model_table[] = {
    {"type"}, {"vocab"}, {"unk_token"}, {"continuing_subword_prefix"}, {"max_input_chars_per_word"},
};

constexpr KnownKey normalizer_table[] = {
    {"type"}, {"clean_text"}, {"handle_chinese_chars"}, {"strip_accents"}, {"lowercase"},
};

constexpr KnownKey pre_tokenizer_table[] = {{"type"}};

constexpr KnownKey bert_processing_table[] = {{"type"}, {"cls"}, {"sep"}};

constexpr KnownKey template_processing_table[] = {{"type"}, {"single"}, {"pair"}, {"special_tokens"}};

constexpr KnownKey template_token_table[] = {
    {"ids"},
    // The ids decide, whatever the names are.
    {"id", harmless},
    {"tokens", harmless},
};

constexpr KnownKey decoder_table[] = {{"type"}, {"prefix"}, {"cleanup"}};

constexpr KnownKey truncation_table[] = {
    {"direction"},
    // What a caller of the `tokenizers` package gets. transformers and mini_bert take these from the task.
    {"max_length", harmless},
    {"strategy", harmless},
    {"stride", harmless},
};

constexpr KnownKey padding_table[] = {
    {"pad_token"},
    // How other programs pad a batch. mini_bert packs texts without padding.
    {"strategy", harmless},
    {"direction", harmless},
    {"pad_to_multiple_of", harmless},
    {"pad_id", harmless},
    {"pad_type_id", harmless},
};

constexpr KnownKey added_token_table[] = {
    {"content"}, {"id"},     {"special"},     {"normalized"},
    {"lstrip"},  {"rstrip"}, {"single_word"}, {"__type", harmless},  // the name of a class
};

constexpr KnownKey map_table[] = {
    {"additional_special_tokens"},
    {"extra_special_tokens"},
    {"*_token"},
};

}  // namespace

extern constinit const KnownKeys tokenizer_config_keys = {.file = "tokenizer_config.json", .keys = config_table};
extern constinit const KnownKeys tokenizer_json_keys = {.file = "tokenizer.json", .keys = json_table};
extern constinit const KnownKeys special_tokens_map_keys = {.file = "special_tokens_map.json", .keys = map_table};
extern constinit const KnownKeys json_model_keys = {.file = "tokenizer.json: model", .keys = model_table};
extern constinit const KnownKeys json_normalizer_keys = {.file = "tokenizer.json: normalizer",
                                                         .keys = normalizer_table};
extern constinit const KnownKeys json_pre_tokenizer_keys = {.file = "tokenizer.json: pre_tokenizer",
                                                            .keys = pre_tokenizer_table};
extern constinit const KnownKeys json_bert_processing_keys = {
    .file = "tokenizer.json: post_processor of the type BertProcessing", .keys = bert_processing_table};
extern constinit const KnownKeys json_template_processing_keys = {
    .file = "tokenizer.json: post_processor of the type TemplateProcessing", .keys = template_processing_table};
extern constinit const KnownKeys json_template_token_keys = {.file = "tokenizer.json: post_processor: special_tokens",
                                                             .keys = template_token_table};
extern constinit const KnownKeys json_decoder_keys = {.file = "tokenizer.json: decoder", .keys = decoder_table};
extern constinit const KnownKeys json_truncation_keys = {.file = "tokenizer.json: truncation",
                                                         .keys = truncation_table};
extern constinit const KnownKeys json_padding_keys = {.file = "tokenizer.json: padding", .keys = padding_table};
extern constinit const KnownKeys added_token_keys = {.file = "added tokens", .keys = added_token_table};

void check_tokenizer_keys(const JsonField& object, const KnownKeys& known, TokenizerOptions& options) {
  for (const std::string& key : check_keys(object, known)) {
    std::string name = std::string(known.file) + ": " + printable(key);
    if (std::ranges::find(options.unknown_keys, name) == options.unknown_keys.end()) {
      options.unknown_keys.push_back(std::move(name));
    }
  }
}

}  // namespace mini_bert
