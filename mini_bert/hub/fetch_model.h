#pragma once

#include <string>

#include "mini_bert/hub/download.h"
#include "mini_bert/hub/repository.h"

namespace mini_bert::hub {

struct FetchOptions {
  ModelFiles files = ModelFiles::all;
  Patience patience = {};
};

// Makes sure that find_model(name) finds a model. Does nothing when `name` is a folder or a file, when the Hugging Face
// cache already has the files, or when the hub does not allow such a name. Otherwise downloads the files that mini_bert
// reads from HF_ENDPOINT (https://huggingface.co), with HF_TOKEN if it is set. The cache gets the layout that Python's
// huggingface_hub reads and writes:
//   models--org--name/blobs/<content name>                 the bytes
//   models--org--name/snapshots/<commit>/1_Pooling/x       a link to ../../../blobs/<content name>
//   models--org--name/refs/main                            the commit; written last
//   .locks/models--org--name/<content name>.lock           held by the process that downloads it
// A model in the cache is never downloaded again, even if the hub has a newer one. Error, in one line, when the hub has
// no such model, refuses it or cannot be reached, when HF_HUB_OFFLINE forbids downloads, when the bytes are not those
// the hub announced, or when they cannot be written. Files that arrived before the error stay, and the next call
// continues from there.
void fetch_model(const std::string& name, const FetchOptions& options, DownloadObserver& observer);

}  // namespace mini_bert::hub
