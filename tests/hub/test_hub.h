#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mini_bert/files/model_folder.h"
#include "mini_bert/hub/checksum.h"
#include "mini_bert/hub/fetch_model.h"
#include "tests/catch.h"
#include "tests/files/environment.h"
#include "tests/files/temporary_folder.h"
#include "tests/hub/loopback_server.h"

namespace mini_bert::test {

inline const std::string tip = "0123456789abcdef0123456789abcdef01234567";

inline std::string content_name_of(const std::string& content, bool large) {
  const TemporaryFolder folder;
  return hub::content_name(folder.put("content", content), std::string(large ? 64 : 40, '0'));
}

// The model org/tiny on a server that answers as the hub does: a small file after a redirect to another path of the
// same server, a large one (*.safetensors, *.bin) after a redirect to a second server, the store, which knows nothing
// but bytes and their ranges. A test changes answers with `instead`, which is asked first; the process's environment
// points to the hub and to an empty cache.
class TestHub {
 public:
  using Instead = std::function<std::optional<Reply>(const Request&)>;

  explicit TestHub(std::map<std::string, std::string> files, std::map<std::string, std::string> environment = {})
      : files_(std::move(files)), environment_([&] {
          environment.emplace("HF_ENDPOINT", hub_.url());
          environment.emplace("HF_HUB_CACHE", cache_.path().string());
          return environment;
        }()) {
    for (const auto& [name, content] : files_) names_[name] = content_name_of(content, is_large(name));
  }

  Instead instead = [](const Request&) { return std::nullopt; };

  std::filesystem::path folder() const { return cache_ / "models--org--tiny"; }
  std::filesystem::path snapshot() const { return folder() / "snapshots" / tip; }
  std::filesystem::path blob(const std::string& name) const { return folder() / "blobs" / names_.at(name); }
  std::filesystem::path partial(const std::string& name) const { return blob(name).string() + ".incomplete"; }
  const std::filesystem::path& cache() const { return cache_.path(); }

  std::vector<Request> asked() const { return hub_.requests(); }
  std::vector<Request> asked_of_store() const { return store_.requests(); }
  std::string url() const { return hub_.url(); }

  // Everything that has been asked for with GET, by file.
  std::size_t downloads(const std::string& name) const {
    std::vector<Request> all = hub_.requests();
    std::ranges::copy(store_.requests(), std::back_inserter(all));
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const Request& request) {
      const bool is_redirect = request.path.find("/resolve/") != std::string::npos;
      return request.method == "GET" && !is_redirect && request.path.ends_with("/" + name);
    }));
  }

  void fetch(hub::ModelFiles files = hub::ModelFiles::all, const std::string& name = "org/tiny") const {
    hub::DownloadObserver nobody;
    fetch(nobody, files, name);
  }
  void fetch(hub::DownloadObserver& observer, hub::ModelFiles files = hub::ModelFiles::all,
             const std::string& name = "org/tiny") const {
    constexpr std::chrono::milliseconds at_once{1};
    hub::fetch_model(name, {.files = files, .patience = {.attempts = 3, .first_wait = at_once}}, observer);
  }

  // What the store answers to a request for bytes of a file.
  Reply from_store(const Request& request) const {
    const std::string& content = files_.at(request.path.substr(std::string("/store/").size()));
    const std::string range = request.header("range");
    if (range.empty()) return {.body = content};
    const std::size_t begin = std::stoul(range.substr(std::string("bytes=").size()));
    if (begin >= content.size()) return {.status = 416};
    return {.status = 206,
            .headers = {{"Content-Range", fmt::format("bytes {}-{}/{}", begin, content.size() - 1, content.size())}},
            .body = content.substr(begin)};
  }

 private:
  static bool is_large(const std::string& name) { return name.ends_with(".safetensors") || name.ends_with(".bin"); }

  Reply answer(const Request& request) const {
    if (const auto reply = instead(request)) return *reply;
    const std::string api = "/api/models/org/tiny/revision/main", resolve = "/org/tiny/resolve/" + tip + "/",
                      resolved = "/api/resolve-cache/models/org/tiny/" + tip + "/";
    if (request.path == "/api/models/tiny/revision/main") return {.status = 307, .headers = {{"Location", api}}};
    if (request.path == api) return {.body = listing()};
    if (request.path.starts_with("/tiny/resolve/")) {
      return {.status = 307, .headers = {{"Location", "/org" + request.path}}};
    }
    if (request.path.starts_with(resolve) && files_.contains(request.path.substr(resolve.size()))) {
      return redirect(request.path.substr(resolve.size()), resolved);
    }
    if (request.path.starts_with(resolved) && files_.contains(request.path.substr(resolved.size()))) {
      const std::string name = request.path.substr(resolved.size());
      return {.headers = {{"ETag", "W/\"" + names_.at(name) + "\""}, {"X-Repo-Commit", tip}, length_of(name)},
              .body = files_.at(name)};
    }
    return {.status = 404};
  }

  Reply redirect(const std::string& name, const std::string& resolved) const {
    if (!is_large(name)) return {.status = 307, .headers = {{"Location", resolved + name}}};
    return {.status = 302,
            .headers = {{"Location", store_.url() + "/store/" + name},
                        {"ETag", "\"that of the redirect\""},
                        {"X-Repo-Commit", tip},
                        {"X-Linked-ETag", '"' + names_.at(name) + '"'},
                        {"X-Linked-Size", std::to_string(files_.at(name).size())}},
            .body = "Found. Redirecting"};
  }

  std::pair<std::string, std::string> length_of(const std::string& name) const {
    return {"Content-Length", std::to_string(files_.at(name).size())};
  }

  std::string listing() const {
    std::string siblings;
    for (const auto& [name, content] : files_) {
      siblings += fmt::format("{}{{\"rfilename\":\"{}\"}}", siblings.empty() ? "" : ",", name);
    }
    return fmt::format("{{\"id\":\"org/tiny\",\"sha\":\"{}\",\"siblings\":[{}]}}", tip, siblings);
  }

  std::map<std::string, std::string> files_, names_;
  TemporaryFolder cache_;
  LoopbackServer store_{[this](const Request& request) {
    const auto reply = instead(request);
    return reply ? *reply : from_store(request);
  }};
  LoopbackServer hub_{[this](const Request& request) { return answer(request); }};
  Environment environment_;
};

// A file's worth of bytes that compress to nothing in particular.
inline std::string some_bytes(std::size_t count) {
  std::string bytes;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

// The least that fetch_model() takes for a model.
inline std::map<std::string, std::string> tiny_files() {
  return {{"config.json", "{}"}, {"vocab.txt", "[PAD]\n"}, {"model.safetensors", some_bytes(100'000)}};
}

// The message of a download that fails: one line, and the model does not count as downloaded.
inline std::string failure(const TestHub& hub) {
  const std::string error = error_of([&] { hub.fetch(); });
  CHECK(error.find('\n') == std::string::npos);
  CHECK_FALSE(std::filesystem::exists(hub.folder() / "refs/main"));
  return error;
}

// Answers like this to requests whose path ends so.
inline TestHub::Instead for_path(const std::string& ending, const Reply& reply) {
  return [=](const Request& request) { return request.path.ends_with(ending) ? std::optional(reply) : std::nullopt; };
}

}  // namespace mini_bert::test
