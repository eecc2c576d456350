#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mini_bert/hub/http.h"

namespace mini_bert::hub {

// A file of the hub, as the hub describes it.
struct RemoteFile {
  std::string name;          // "1_Pooling/config.json"
  std::string url;           // where it can be had
  std::string content_name;  // see is_content_name()
  std::uint64_t size = 0;    // bytes
};

// Is told how a download goes.
class DownloadObserver {
 public:
  virtual ~DownloadObserver() = default;
  // The hub has the model, and these files of it are needed.
  virtual void on_start(const std::string& /*model*/, const std::string& /*server*/,
                        const std::vector<RemoteFile>& /*files*/) {}
  // `done` bytes of a file have arrived.
  virtual void on_bytes(const RemoteFile& /*file*/, std::uint64_t /*done*/) {}
  // A file has been checked and is in place.
  virtual void on_done(const RemoteFile& /*file*/) {}
  // The connection broke; it will be tried again.
  virtual void on_retry(const RemoteFile& /*file*/, const std::string& /*reason*/) {}
  // Another process is downloading the file.
  virtual void on_wait(const RemoteFile& /*file*/) {}
};

// How often a file is sent for again without a byte more of it, and how long before that: first_wait, then twice as
// long each time.
struct Patience {
  int attempts = 5;
  std::chrono::milliseconds first_wait{1000};
};

// Downloads a file to `path`, by way of "<path>.incomplete": what is in there already, from a download that broke off
// or was killed, is not sent for again. Only a file of the right size and content gets its name. Error, with the
// partial file removed, when the server's bytes are not those; Error, with the partial file left for the next attempt,
// when the network or the disk fails. For one process at a time.
void download_file(Http& http, const RemoteFile& file, const std::filesystem::path& path, const Patience& patience,
                   DownloadObserver& observer);

}  // namespace mini_bert::hub
