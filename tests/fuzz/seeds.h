#pragma once

#include <string>
#include <vector>

// Sound inputs of the readers, small and in every form that a reader knows.
namespace mini_bert::fuzz {

using Seeds = std::vector<std::string>;

std::string vocabulary_text();

Seeds safetensors_seeds();
Seeds torch_seeds();
Seeds tensorflow_seeds();
Seeds config_seeds();
Seeds tokenizer_json_seeds();
Seeds tokenizer_config_seeds();
Seeds special_tokens_seeds();
Seeds text_seeds();
Seeds json_seeds();
Seeds jsonl_seeds();
Seeds csv_seeds();
Seeds squad_seeds();
Seeds choices_seeds();
Seeds tags_seeds();
Seeds trainer_state_seeds();
Seeds arguments_seeds();
Seeds request_seeds();
Seeds modules_seeds();
Seeds hub_listing_seeds();
Seeds hub_headers_seeds();

}  // namespace mini_bert::fuzz
