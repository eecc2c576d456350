#pragma once

#include <filesystem>

namespace mini_bert {

// Where Hugging Face's programs keep what they download: HF_HUB_CACHE, else HF_HOME/hub, else
// ~/.cache/huggingface/hub (XDG_CACHE_HOME in place of ~/.cache where it is set).
std::filesystem::path hub_cache();

// The folder of a model: `name` itself when it is a folder. Else "bert-base-chinese" or "google-bert/bert-base-chinese"
// as it lies in the cache, whatever program downloaded it:
//   models--google-bert--bert-base-chinese/refs/main             the commit that "main" was when it was downloaded
//   models--google-bert--bert-base-chinese/snapshots/<commit>/   its files
// Nothing is downloaded. Error when it is in neither place.
std::filesystem::path find_model(const std::filesystem::path& name);

}  // namespace mini_bert
