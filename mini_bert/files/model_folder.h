#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mini_bert {

// The folder in which Hugging Face's programs keep their downloads: HF_HUB_CACHE; if that is not set, HF_HOME/hub;
// otherwise ~/.cache/huggingface/hub (XDG_CACHE_HOME replaces ~/.cache where it is set).
std::filesystem::path hub_cache();

// Whether the hub allows a model's name: "name" or "organisation/name", each of letters, digits, '.', '-' and '_',
// without "--" and "..". No other name becomes part of a path.
bool is_hub_name(std::string_view name);

// The name of a model's folder in the cache: "models--google-bert--bert-base-chinese".
std::string hub_folder_name(std::string_view name);

// The snapshot in the cache that refs/main names, or nothing when it names none. Does not check that all files are
// there.
std::optional<std::filesystem::path> cached_snapshot(std::string_view name);

// The folder of a model's encoder: `model` itself, or, in older models of sentence-transformers, the folder that
// modules.json names for it ("0_Transformer").
std::filesystem::path encoder_folder(const std::filesystem::path& model);

// The folder of a model: `name` itself when it is a folder, otherwise its snapshot in the cache. The name is then
// "bert-base-chinese" or "google-bert/bert-base-chinese", and any program may have downloaded the model:
//   models--google-bert--bert-base-chinese/refs/main             the commit that "main" was when it was downloaded
//   models--google-bert--bert-base-chinese/snapshots/<commit>/   its files
// Downloads nothing; hub::fetch_model() does. Error when the model is in neither place.
std::filesystem::path find_model(const std::filesystem::path& name);

}  // namespace mini_bert
