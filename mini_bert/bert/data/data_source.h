#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace mini_bert {

// Where data come from: a file, or text in memory that is read like a file with the given extension. Every reader of
// data takes one. A path converts to it.
class DataSource {
 public:
  DataSource(const std::filesystem::path& path) : name_(path.string()), extension_(path.extension().string()) {}
  DataSource(const std::string& path) : DataSource(std::filesystem::path(path)) {}
  DataSource(const char* path) : DataSource(std::filesystem::path(path)) {}

  // `name` appears in messages. `extension` decides the format: ".jsonl", ".csv".
  static DataSource in_memory(std::string name, std::string extension, std::string text) {
    DataSource source(std::move(name));
    source.extension_ = std::move(extension);
    source.text_ = std::make_shared<const std::string>(std::move(text));
    return source;
  }

  const std::string& name() const { return name_; }  // the path of a file
  const std::string& extension() const { return extension_; }
  const std::string* text() const { return text_.get(); }  // null for a file

  bool operator==(const DataSource&) const = default;

 private:
  std::string name_, extension_;
  std::shared_ptr<const std::string> text_;  // copies of a source share it
};

}  // namespace mini_bert
