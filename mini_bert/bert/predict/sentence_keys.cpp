#include "mini_bert/bert/predict/sentence_keys.h"

namespace mini_bert {
namespace {

using enum KeyUse;

constexpr KnownKey modules_table[] = {
    {"path"},
    {"type"},
    {"idx", harmless},
    {"name", harmless},
    {"kwargs", harmless},  // names of arguments that a caller may pass on; mini_bert passes none
};

constexpr KnownKey of_model_table[] = {
    {"prompts"},
    {"default_prompt_name"},
    {"truncate_dim"},
    {"model_type", refused, "\"SentenceTransformer\""},
    {"__version__", harmless},
    {"similarity_fn_name", harmless},  // how two vectors are compared, not how they are made
};

constexpr KnownKey encoder_table[] = {
    {"max_seq_length"},
    {"do_lower_case"},
    {"transformer_task", refused, "\"feature-extraction\""},
    {"modality_config", refused, R"({"text": {"method": "forward", "method_output_name": "last_hidden_state"}})"},
    {"module_output_name", refused, "\"token_embeddings\""},
    {"processing_kwargs", refused},
    {"query_expansion", refused},
    {"model_args", refused},
    {"model_kwargs", refused},
    {"tokenizer_args", refused},
    {"processor_kwargs", refused},
    {"config_args", refused},
    {"config_kwargs", refused},
    {"tokenizer_name_or_path", refused},
    {"unpad_inputs", harmless},
    // Lengths of tasks that a caller may name; mini_bert names none.
    {"query_length", harmless},
    {"document_length", harmless},
};

constexpr KnownKey pooling_table[] = {
    {"pooling_mode"},
    {"pooling_mode_cls_token"},
    {"pooling_mode_mean_tokens"},
    {"pooling_mode_max_tokens"},
    {"pooling_mode_mean_sqrt_len_tokens"},
    {"pooling_mode_weightedmean_tokens"},
    {"pooling_mode_lasttoken"},
    {"include_prompt"},
    {"word_embedding_dimension", harmless},  // hidden_size once more
    {"embedding_dimension", harmless},
};

constexpr KnownKey normalize_table[] = {
    {"module_input_name", refused, "\"sentence_embedding\""},
    {"module_output_name", refused, "\"sentence_embedding\""},
};

}  // namespace

extern constinit const KnownKeys modules_keys = {.file = "modules.json", .keys = modules_table};
extern constinit const KnownKeys sentence_config_keys = {.file = "config_sentence_transformers.json",
                                                         .keys = of_model_table};
extern constinit const KnownKeys sentence_encoder_keys = {.file = "sentence_bert_config.json", .keys = encoder_table};
extern constinit const KnownKeys sentence_pooling_keys = {.file = "1_Pooling/config.json", .keys = pooling_table};
extern constinit const KnownKeys sentence_normalize_keys = {.file = "2_Normalize/config.json", .keys = normalize_table};

}  // namespace mini_bert
