#pragma once

#include <string>
#include <vector>

namespace mini_bert {

// Throws UsageError when a path of a data file is a folder, or a pattern with a * that the shell has left as it is.
void check_data_files(const std::vector<std::string>& files);

}  // namespace mini_bert
