#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mini_bert {

// Throws UsageError when a path of a data file is a folder, a pattern with a * that the shell has left as it is, or
// "-".
void check_data_files(const std::vector<std::string>& files);

// Error when a file is not there. Names the nearest one that is.
void require_data_files(const std::vector<std::string>& files);

// Creates a folder for results, with those above it. Error when that fails.
void make_output_folder(const std::filesystem::path& folder);

}  // namespace mini_bert
