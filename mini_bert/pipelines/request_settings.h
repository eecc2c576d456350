#pragma once

#include <string>
#include <string_view>

#include "mini_bert/bert/predict/embed.h"
#include "mini_bert/bert/predict/tag.h"
#include "mini_bert/files/safetensors.h"
#include "mini_bert/pipelines/training_request.h"

namespace mini_bert {

// Settings as other languages give them: by name.

// Sets members of the request from a JSON object, {"epochs": 10, "seed": 7}. Names are those of mini_bert_train's
// flags, with _ between words; null means the default. ArgumentError for an unknown name and for a value of the wrong
// type.
void set_arguments(TrainingRequest& request, std::string_view json_object);

// ArgumentError, with the names that are known, for another one.
Aggregation aggregation_named(const std::string& name);
TextPooling pooling_named(const std::string& name);
StorageType storage_type_named(const std::string& name);

}  // namespace mini_bert
