#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mini_bert {

// Throws UsageError when a path of a data file is a folder, a pattern with a * that the shell has left as it is, "-",
// or not there.
void check_data_files(const std::vector<std::string>& files);

// Creates a folder for results, with those above it. Error when that fails.
void make_output_folder(const std::filesystem::path& folder);

}  // namespace mini_bert
