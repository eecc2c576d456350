#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace mini_bert {

// The files of a folder that belong together, such as the weights, the configuration and the vocabulary of a model.
struct FileSet {
  std::function<bool(std::string_view name)> contains;
  std::string_view key;  // without this file nobody reads the others: "config.json"
};

// Replaces the files of a set in a folder, which exists, by those that `write` puts into the folder it is given. Files
// of the set that `write` does not make are removed, and all other files and folders stay. Nobody ever finds files of
// the old set beside files of the new one, whenever the process is killed:
//   - A second folder is made beside the first one, with the new files and hard links to everything else. Linux swaps
//     the two in one step, and then the first one is removed.
//   - Where that is impossible (a mounted folder, a file system without hard links, a folder of another user, the
//     current folder), the new files are written first, then the old key is removed, the new files are renamed into
//     place, and the new key comes last. For that instant the folder holds no readable set.
// A folder without a file of the set gets the new files one by one. `write` may be called twice. Error when a folder
// has the name of a file of the set.
void replace_together(const std::filesystem::path& folder, const FileSet& set,
                      const std::function<void(const std::filesystem::path&)>& write);

// Removes what a killed replace_together() has left beside the folder: "<folder>.mini_bert.tmp", which nobody reads.
void remove_half_replaced(const std::filesystem::path& folder);

}  // namespace mini_bert
