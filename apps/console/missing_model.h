#pragma once

#include <filesystem>
#include <string>

namespace mini_bert {

// Error when `name` is neither a folder nor a name that the hub allows. Names the nearest folder that exists.
void require_likely_model(const std::string& name);

// Whether a folder has the file of settings of a model.
bool holds_model(const std::filesystem::path& folder);

// Error when `name` is a file, or a folder without a model. Names a folder in it that has one.
void require_model_folder(const std::string& name);

// The message for a model that could not be downloaded: that there is no such folder and which is nearest, then what
// the hub said, then what helps without a network.
std::string missing_model(const std::string& name, const std::string& problem);

// The path of the existing folder that is nearest to `path`, with typing slips in any of its parts; "" when none is.
std::string nearest_folder(const std::string& path);

}  // namespace mini_bert
