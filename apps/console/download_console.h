#pragma once

#include <string>

namespace mini_bert {

// Which part of a model is needed.
enum class ModelPart { all, tokenizer };

// Downloads a model that is given by its name at huggingface.co and is not yet in the cache (hub::fetch_model()). Shows
// progress on stderr: a progress line on a terminal, otherwise one line per file. Programs call it before they read a
// model. A build without the hub (MINI_BERT_HUB=OFF) downloads nothing, and find_model() then reports what is missing.
void bring_model(const std::string& name, ModelPart part = ModelPart::all);

}  // namespace mini_bert
