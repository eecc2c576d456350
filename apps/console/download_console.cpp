#include "apps/console/download_console.h"
#include "apps/console/terminal.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "apps/console/clock.h"
#include "apps/console/missing_model.h"
#include "apps/console/text_format.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/hub/fetch_model.h"

namespace mini_bert {
namespace {

class DownloadConsole : public hub::DownloadObserver {
 public:
  ~DownloadConsole() override { clear_line(); }

  void on_start(const std::string& model, const std::string& server,
                const std::vector<hub::RemoteFile>& files) override {
    std::uint64_t bytes = 0;
    for (const hub::RemoteFile& file : files) bytes += file.size;
    print_message(fmt::format("there is no folder {} and it is not in the cache; downloading {} in {} files from {}",
                              model, format_bytes(bytes), files.size(), server));
  }

  void on_bytes(const hub::RemoteFile& file, std::uint64_t done) override {
    if (file.name != file_) {
      file_ = file.name;
      began_ = Clock::now();
      had_ = done;
    }
    if (!is_terminal_ || (line_shown_ && seconds_since(drawn_) < 0.1)) return;
    const double share = static_cast<double>(done) / static_cast<double>(file.size);
    const double speed = static_cast<double>(done - had_) / std::max(seconds_since(began_), 1e-3);
    const std::string line =
        fmt::format("  {}  {} of {} of {}  {}/s  {} left", file.name, format_percent(share), format_bytes(done),
                    format_bytes(file.size), format_bytes(static_cast<std::uint64_t>(speed)),
                    speed > 0 ? format_duration(static_cast<double>(file.size - done) / speed) : "–");
    print_error_text(fmt::format("\r\x1b[K{}", fitted(line, terminal_width(STDERR_FILENO).value_or(80) - 1)));
    std::fflush(stderr);
    line_shown_ = true;
    drawn_ = Clock::now();
  }

  void on_done(const hub::RemoteFile& file) override {
    clear_line();
    print_error_text(fmt::format("  {}  {}\n", file.name, format_bytes(file.size)));
  }

  void on_retry(const hub::RemoteFile& file, const std::string& reason) override {
    clear_line();
    print_message(fmt::format("  {}  broke off, will go on: {}", file.name, reason));
  }

  void on_wait(const hub::RemoteFile& file) override {
    clear_line();
    print_error_text(fmt::format("  {}  waiting for another program that is downloading it\n", file.name));
  }

 private:
  void clear_line() {
    if (line_shown_) print_error_text("\r\x1b[K");
    line_shown_ = false;
  }

  bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  bool line_shown_ = false;
  std::string file_;
  std::uint64_t had_ = 0;  // bytes of the file that had arrived when the speed measurement began
  Clock::time_point began_{}, drawn_{};
};

}  // namespace

void bring_model(const std::string& name, ModelPart part) {
  if (part == ModelPart::all) require_model_folder(name);
  require_likely_model(name);
  DownloadConsole console;
  try {
    hub::fetch_model(name, {.files = part == ModelPart::all ? hub::ModelFiles::all : hub::ModelFiles::tokenizer},
                     console);
  } catch (const Error& error) {
    throw Error(missing_model(name, error.what()));
  }
}

}  // namespace mini_bert
