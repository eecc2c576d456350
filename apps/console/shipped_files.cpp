#include "apps/console/shipped_files.h"

#include "apps/console/missing_model.h"

namespace mini_bert {

namespace fs = std::filesystem;

std::optional<fs::path> shipped(const std::string& name) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (fs::path folder = program.parent_path(); !error; folder = folder.parent_path()) {
    for (const fs::path& below : {folder, folder / "share/mini_bert"}) {
      std::error_code ignored;
      if (fs::exists(below / name, ignored)) return below / name;
    }
    if (folder == folder.parent_path()) break;
  }
  return std::nullopt;
}

std::string shipped_model_or(const std::string& model) {
  constexpr const char* folder = "models";
  std::error_code ignored;
  fs::path name = fs::path(model);
  if (model.empty() || fs::exists(name, ignored)) return model;
  if (name.parent_path() == folder) name = name.filename();
  if (name.empty() || name.has_parent_path() || name == "." || name == "..") return model;
  const auto found = shipped((folder / name).string());
  return found && holds_model(*found) ? found->string() : model;
}

}  // namespace mini_bert
