#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/hub/download.h"
#include "mini_bert/hub/http.h"

namespace mini_bert::hub {

// Which files of a model to download: those of its tokenizer, or the weights as well.
enum class ModelFiles { tokenizer, all };

// A model on the hub, at the newest commit of its branch "main".
struct Repository {
  std::string name;                // "google-bert/bert-base-chinese"
  std::string commit;              // 40 hexadecimal digits
  std::vector<std::string> files;  // the names of all files, as the hub spells them
};

// GET <endpoint>/api/models/<name>/revision/main. Error when there is no such model, or when it is private or gated.
Repository list_repository(Http& http, const std::string& endpoint, const std::string& name);

// What the body of such an answer says. `url` is for messages.
Repository parse_listing(std::string_view text, const std::string& url, const std::string& name);

// Chooses the files of a repository that mini_bert reads: the configuration, the tokenizer, the pooling of a
// sentence-transformers model, and the weights in one container. That is the first that exists of model.safetensors,
// its parts with their index, pytorch_model.bin, and its parts with their index. Every name matches a fixed list or
// pattern, so no name can lead out of the model's folder.
std::vector<std::string> wanted_files(const std::vector<std::string>& files, ModelFiles wanted);

// HEAD <endpoint>/<name>/resolve/<commit>/<file>: the file's size and content name. A redirect to a storage server has
// headers of its own, which do not count.
RemoteFile describe_file(Http& http, const std::string& endpoint, const Repository& repository,
                         const std::string& file);

// What the headers of such an answer say.
RemoteFile parse_description(const HttpAnswer& answer, const std::string& url, const std::string& file);

}  // namespace mini_bert::hub
