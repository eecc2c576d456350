#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

// What a folder holds. The iterators and remove_all() of libstdc++ ask for memory in functions that promise to throw
// nothing, so that a program without memory would abort.
namespace mini_bert {

// The names of everything in a folder, in the system's order. With an error they are those that could be read.
std::vector<std::string> names_in(const std::filesystem::path& folder, std::error_code& error);

// The same. Error, with the path and the reason, when the folder cannot be read.
std::vector<std::string> names_in(const std::filesystem::path& folder);

// Deletes a file, or a folder and everything in it. A link is deleted, not what it leads to. Nothing happens when the
// path leads to nothing. Throws nothing, so destructors may call it.
void remove_tree(const std::filesystem::path& path, std::error_code& error) noexcept;

}  // namespace mini_bert
