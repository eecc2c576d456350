#pragma once

#include <string>
#include <vector>

#include "mini_bert/hub/download.h"
#include "mini_bert/hub/http.h"

namespace mini_bert::hub {

// How much of a model is wanted: what a tokenizer reads, or that and the weights.
enum class ModelFiles { tokenizer, all };

// A model as the hub has it today, at the tip of its branch "main".
struct Repository {
  std::string name;                // "google-bert/bert-base-chinese"
  std::string commit;              // 40 hexadecimal digits
  std::vector<std::string> files;  // all names, as the hub spells them
};

// GET <endpoint>/api/models/<name>/revision/main. Error when there is no such model, or it is not shown to everybody.
Repository list_repository(Http& http, const std::string& endpoint, const std::string& name);

// The files mini_bert reads, of all that a repository has: configuration, the tokenizer's, how a sentence-transformers
// model pools, and weights in one container, the first that is there of model.safetensors, its parts with their index,
// pytorch_model.bin, its parts with their index. Every name is one of a fixed list or pattern, so none leaves a folder.
std::vector<std::string> wanted_files(const std::vector<std::string>& files, ModelFiles wanted);

// HEAD <endpoint>/<name>/resolve/<commit>/<file>: size and content, of the file itself and not of where it is stored.
RemoteFile describe_file(Http& http, const std::string& endpoint, const Repository& repository,
                         const std::string& file);

}  // namespace mini_bert::hub
