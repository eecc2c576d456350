#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mini_bert {

// Where Hugging Face's programs keep what they download: HF_HUB_CACHE, else HF_HOME/hub, else
// ~/.cache/huggingface/hub (XDG_CACHE_HOME in place of ~/.cache where it is set).
std::filesystem::path hub_cache();

// What the hub allows as a model's name: "name" or "organisation/name", each of letters, digits, '.', '-', '_', neither
// "--" nor "..". Nothing else becomes part of a path.
bool is_hub_name(std::string_view name);

// "models--google-bert--bert-base-chinese": the folder in the cache that is a model's.
std::string hub_folder_name(std::string_view name);

// The snapshot in the cache that refs/main names, nothing where it names none. Whether all files are in it is not
// looked at.
std::optional<std::filesystem::path> cached_snapshot(std::string_view name);

// The folder of a model: `name` itself when it is a folder. Else "bert-base-chinese" or "google-bert/bert-base-chinese"
// as it lies in the cache, whatever program downloaded it:
//   models--google-bert--bert-base-chinese/refs/main             the commit that "main" was when it was downloaded
//   models--google-bert--bert-base-chinese/snapshots/<commit>/   its files
// Nothing is downloaded; hub::fetch_model() does that. Error when it is in neither place.
std::filesystem::path find_model(const std::filesystem::path& name);

}  // namespace mini_bert
