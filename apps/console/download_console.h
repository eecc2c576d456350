#pragma once

#include <string>

namespace mini_bert {

// What of a model is needed.
enum class ModelPart { all, tokenizer };

// Downloads a model that is given by its name at huggingface.co and is not in the cache yet (hub::fetch_model()). Shows
// progress on stderr: a line that moves on a terminal, a line for each file elsewhere. Programs call it before they
// read a model. A build without the hub (MINI_BERT_HUB=OFF) downloads nothing; find_model() then says what is missing.
void bring_model(const std::string& name, ModelPart part = ModelPart::all);

}  // namespace mini_bert
