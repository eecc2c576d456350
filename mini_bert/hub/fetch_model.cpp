#include "mini_bert/hub/fetch_model.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/model_folder.h"
#include "mini_bert/hub/file_lock.h"

namespace mini_bert::hub {
namespace {

namespace fs = std::filesystem;

std::string from_environment(const char* variable, const char* otherwise = "") {
  const char* const value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

// The values of an environment variable that Python's huggingface_hub reads as true.
bool is_true(std::string value) {
  std::ranges::transform(value, value.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

std::string hub_endpoint() {
  std::string endpoint = from_environment("HF_ENDPOINT", "https://huggingface.co");
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

bool has(const fs::path& folder, const char* name) {
  std::error_code ignored;
  return fs::exists(folder / name, ignored);
}

// Other programs may have downloaded only some files, those of a tokenizer for example.
bool is_complete(const fs::path& snapshot, ModelFiles files) {
  const bool tokenizer = has(snapshot, "vocab.txt") || has(snapshot, "tokenizer.json");
  if (files == ModelFiles::tokenizer) return tokenizer;
  return tokenizer && has(snapshot, "config.json") &&
         (has(snapshot, "model.safetensors") || has(snapshot, "model.safetensors.index.json") ||
          has(snapshot, "pytorch_model.bin") || has(snapshot, "pytorch_model.bin.index.json"));
}

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) fail_with_errno(path, "cannot be made", error.value());
}

// The paths of a model in the cache.
class CachedModel {
 public:
  CachedModel(const std::string& name, const std::string& commit)
      : model_(hub_cache() / hub_folder_name(name)),
        locks_(hub_cache() / ".locks" / hub_folder_name(name)),
        commit_(commit) {
    make_folder(model_ / "blobs");
    make_folder(model_ / "refs");
    make_folder(locks_);
  }

  fs::path blob(const RemoteFile& file) const { return model_ / "blobs" / file.content_name; }
  fs::path lock(const std::string& what) const { return locks_ / (what + ".lock"); }

  // snapshots/<commit>/<name> → ../../blobs/…, with one ".." more for every folder in the name.
  void link(const RemoteFile& file) const {
    const fs::path pointer = model_ / "snapshots" / commit_ / file.name;
    std::error_code ignored;
    if (fs::exists(pointer, ignored)) return;
    make_folder(pointer.parent_path());
    fs::remove(pointer, ignored);  // a link to a file that is gone
    const fs::path target = blob(file).lexically_relative(pointer.parent_path());
    if (::symlink(target.c_str(), pointer.c_str()) != 0 && errno != EEXIST) {
      fail_with_errno(pointer, "cannot be linked", errno);
    }
  }

  void set_main() const {
    const FileLock alone(lock("main"));
    const fs::path ref = model_ / "refs" / "main";
    std::error_code ignored;
    if (fs::exists(ref, ignored) && read_text_file(ref, 1000) == commit_) return;
    write_file_atomically(ref, commit_);
  }

 private:
  fs::path model_, locks_;
  std::string commit_;
};

void fetch_file(Http& http, const RemoteFile& file, const CachedModel& model, const Patience& patience,
                DownloadObserver& observer) {
  const FileLock alone(model.lock(file.content_name), [&] { observer.on_wait(file); });
  std::error_code ignored;
  if (!fs::exists(model.blob(file), ignored)) download_file(http, file, model.blob(file), patience, observer);
  model.link(file);
}

// Lists the files of a model before any is downloaded, so that a model that lacks a file fails at once.
std::vector<std::string> choose_files(const Repository& repository, const std::string& endpoint, ModelFiles files) {
  std::vector<std::string> chosen = wanted_files(repository.files, files);
  const auto any = [&](std::initializer_list<const char*> names) {
    return std::ranges::any_of(names,
                               [&](const char* name) { return std::ranges::find(chosen, name) != chosen.end(); });
  };
  const auto need = [&](bool there, const char* what) {
    require(there, "{}: the model at {} has no {}; choose a BERT in the form transformers reads", repository.name,
            endpoint, what);
  };
  need(any({"vocab.txt", "tokenizer.json"}), "vocab.txt or tokenizer.json");
  if (files == ModelFiles::tokenizer) return chosen;
  need(any({"config.json"}), "config.json");
  need(any({"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"}),
       "model.safetensors or pytorch_model.bin");
  return chosen;
}

void download_model(const std::string& name, const FetchOptions& options, DownloadObserver& observer) {
  const std::string endpoint = hub_endpoint();
  Http http({.token = from_environment("HF_TOKEN"),
             .token_origin = origin_of(endpoint),
             .certificates = from_environment("SSL_CERT_FILE")});
  const Repository repository = list_repository(http, endpoint, name);
  std::vector<RemoteFile> files;
  for (const std::string& file : choose_files(repository, endpoint, options.files)) {
    files.push_back(describe_file(http, endpoint, repository, file));
  }
  observer.on_start(name, endpoint, files);
  const CachedModel model(name, repository.commit);
  for (const RemoteFile& file : files) fetch_file(http, file, model, options.patience, observer);
  model.set_main();
}

}  // namespace

void fetch_model(const std::string& name, const FetchOptions& options, DownloadObserver& observer) {
  std::error_code ignored;
  if (fs::exists(name, ignored) || !is_hub_name(name)) return;
  const std::optional<fs::path> snapshot = cached_snapshot(name);
  if (snapshot && is_complete(*snapshot, options.files)) return;
  if (is_true(from_environment("HF_HUB_OFFLINE", from_environment("TRANSFORMERS_OFFLINE").c_str()))) {
    require(snapshot.has_value(),
            "{}: no such model folder, nor a snapshot in {}, and HF_HUB_OFFLINE forbids to download it; unset it, or "
            "name a folder with config.json, model.safetensors and vocab.txt",
            name, (hub_cache() / hub_folder_name(name)).string());
    return;  // reading the snapshot will say which file is missing
  }
  try {
    download_model(name, options, observer);
  } catch (const NetworkError& error) {
    throw NetworkError(fmt::format("{}: not here and not downloaded: {}", name, error.what()));
  }
}

}  // namespace mini_bert::hub
