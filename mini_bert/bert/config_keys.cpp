#include "mini_bert/bert/config_keys.h"

namespace mini_bert {
namespace {

using enum KeyUse;

constexpr KnownKey config_table[] = {
    {"vocab_size"},
    {"hidden_size"},
    {"num_hidden_layers"},
    {"num_attention_heads"},
    {"intermediate_size"},
    {"max_position_embeddings"},
    {"type_vocab_size"},
    {"pad_token_id"},
    {"hidden_act"},
    {"hidden_dropout_prob"},
    {"attention_probs_dropout_prob"},
    {"classifier_dropout"},
    {"initializer_range"},
    {"layer_norm_eps"},
    {"tie_word_embeddings"},
    {"architectures"},
    {"id2label"},
    {"num_labels"},
    {"problem_type"},
    {"tokenizer_class"},

    {"model_type", refused, "\"bert\""},
    {"position_embedding_type", refused, "\"absolute\""},
    {"is_decoder", refused, "false"},
    {"add_cross_attention", refused, "false"},
    {"is_encoder_decoder", refused, "false"},
    {"tie_encoder_decoder", refused, "false"},
    {"cross_attention_hidden_size", refused},
    {"pruned_heads", refused, "{}"},
    {"quantization_config", refused},
    {"compression_config", refused},

    {"label2id", harmless},                 // id2label the other way round
    {"_num_labels", harmless},              // of versions before 3
    {"dtype", harmless},                    // the type of the stored weights, which the file of weights says itself
    {"torch_dtype", harmless},              // its older name
    {"chunk_size_feed_forward", harmless},  // how transformers saves memory
    {"use_cache", harmless},                // of decoders
    {"gradient_checkpointing", harmless},
    {"attn_implementation", harmless},
    {"_attn_implementation", harmless},
    {"_attn_implementation_autoset", harmless},
    {"return_dict", harmless},
    {"output_attentions", harmless},
    {"output_hidden_states", harmless},
    {"output_past", harmless},
    {"torchscript", harmless},
    {"tf_legacy_loss", harmless},
    {"use_bfloat16", harmless},
    {"xla_device", harmless},
    // Where the model came from.
    {"_name_or_path", harmless},
    {"name_or_path", harmless},
    {"transformers_version", harmless},
    {"_commit_hash", harmless},
    {"model_name", harmless},
    {"finetuning_task", harmless},
    {"task_specific_params", harmless},
    {"language", harmless},
    // A program that the file brings with it. mini_bert runs none, as transformers runs none unless it is told to trust
    // it.
    {"auto_map", harmless},
    {"custom_pipelines", harmless},
    // Google's bert_config.json has these for models that BERT's code never used.
    {"directionality", harmless},
    {"pooler_fc_size", harmless},
    {"pooler_num_attention_heads", harmless},
    {"pooler_num_fc_layers", harmless},
    {"pooler_size_per_head", harmless},
    {"pooler_type", harmless},
    // Settings of models that write text, which transformers 3 and 4 saved with every model.
    {"bos_token_id", harmless},
    {"eos_token_id", harmless},
    {"sep_token_id", harmless},
    {"decoder_start_token_id", harmless},
    {"forced_bos_token_id", harmless},
    {"forced_eos_token_id", harmless},
    {"bad_words_ids", harmless},
    {"begin_suppress_tokens", harmless},
    {"suppress_tokens", harmless},
    {"diversity_penalty", harmless},
    {"do_sample", harmless},
    {"early_stopping", harmless},
    {"encoder_no_repeat_ngram_size", harmless},
    {"exponential_decay_length_penalty", harmless},
    {"length_penalty", harmless},
    {"max_length", harmless},
    {"min_length", harmless},
    {"no_repeat_ngram_size", harmless},
    {"num_beam_groups", harmless},
    {"num_beams", harmless},
    {"num_return_sequences", harmless},
    {"output_scores", harmless},
    {"prefix", harmless},
    {"remove_invalid_values", harmless},
    {"repetition_penalty", harmless},
    {"return_dict_in_generate", harmless},
    {"temperature", harmless},
    {"top_k", harmless},
    {"top_p", harmless},
    {"typical_p", harmless},
};

}  // namespace

extern constinit const KnownKeys config_keys = {.file = "config.json", .keys = config_table};

}  // namespace mini_bert
