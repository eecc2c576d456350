#pragma once

#include <string>

#include "mini_bert/hub/download.h"
#include "mini_bert/hub/repository.h"

namespace mini_bert::hub {

struct FetchOptions {
  ModelFiles files = ModelFiles::all;
  Patience patience = {};
};

// Sees to it that find_model(name) finds a model: does nothing when `name` is a folder or a file, when the Hugging Face
// cache has the files already, or when it can be no name of the hub. Else downloads what mini_bert reads of it from
// HF_ENDPOINT (https://huggingface.co), with HF_TOKEN if that is set, into the cache in the form that Python's
// huggingface_hub reads and writes:
//   models--org--name/blobs/<content name>                 the bytes
//   models--org--name/snapshots/<commit>/1_Pooling/x       a link to ../../../blobs/<content name>
//   models--org--name/refs/main                            the commit; written last
//   .locks/models--org--name/<content name>.lock           held by the process that downloads it
// A model that is in the cache is not asked for again, even if the hub has a newer one. Error, in one line, when the
// hub has no such model, does not give it out or cannot be reached, when HF_HUB_OFFLINE forbids to ask, when the bytes
// are not those the hub promised, or when they cannot be written. Files that had arrived by then stay, and the next
// call goes on from there.
void fetch_model(const std::string& name, const FetchOptions& options, DownloadObserver& observer);

}  // namespace mini_bert::hub
