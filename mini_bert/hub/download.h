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
  std::string url;           // to download it from
  std::string content_name;  // see is_content_name()
  std::uint64_t size = 0;    // bytes
};

// Receives reports on a download.
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
  // The connection broke. The download will try again.
  virtual void on_retry(const RemoteFile& /*file*/, const std::string& /*reason*/) {}
  // Another process is downloading the file.
  virtual void on_wait(const RemoteFile& /*file*/) {}
};

// How many attempts in a row may bring no new byte, and the pause before the next attempt: first_wait, doubled each
// time.
struct Patience {
  int attempts = 5;
  std::chrono::milliseconds first_wait{1000};
};

// Downloads a file to "<path>.incomplete", checks its size and content, and renames it to `path`. An incomplete file of
// an earlier attempt is continued, not downloaded again. Error when the server's bytes are not those of the file; the
// incomplete file is then removed. Error when the network or the disk fails; the incomplete file then stays for the
// next attempt. Only one process at a time may download a file.
void download_file(Http& http, const RemoteFile& file, const std::filesystem::path& path, const Patience& patience,
                   DownloadObserver& observer);

}  // namespace mini_bert::hub
