#pragma once

#include <filesystem>

namespace mini_bert {

// Deletes a folder so that its path never holds half of it: the folder is first renamed to "<path>.removed.tmp". What a
// killed process leaves under that name is deleted by the next remove_folder() of the path. Nothing happens when there
// is neither.
void remove_folder(const std::filesystem::path& path);

}  // namespace mini_bert
