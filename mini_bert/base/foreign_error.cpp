#include "mini_bert/base/foreign_error.h"

#include <new>
#include <stdexcept>
#include <system_error>

#include <nlohmann/json.hpp>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json_position.h"

namespace mini_bert {
namespace {

constexpr std::string_view cannot_look = "cannot be examined";

// The words of file errors.
std::string words_for(const std::filesystem::filesystem_error& error) {
  if (error.path1().empty()) return error.code().message();
  try {
    fail_with_errno(error.path1(), cannot_look, error.code().value());
  } catch (const Error& worded) {
    return worded.what();
  }
}

}  // namespace

std::string message_of(const std::exception& error) {
  if (dynamic_cast<const Error*>(&error) != nullptr) return error.what();
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return "out of memory; close other programs";
  if (dynamic_cast<const std::length_error*>(&error) != nullptr) return "more was asked for than memory can hold";
  if (const auto* files = dynamic_cast<const std::filesystem::filesystem_error*>(&error)) return words_for(*files);
  if (dynamic_cast<const nlohmann::json::exception*>(&error) != nullptr) return one_line(json_reason(error.what()));
  return one_line(error.what());
}

void fail_foreign(std::string_view name, const std::exception& error) {
  fail("{}: {}", name, message_of(error));
}

std::filesystem::file_status status_of(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status found = std::filesystem::status(path, error);
  if (found.type() == std::filesystem::file_type::none) fail_with_errno(path, cannot_look, error.value());
  return found;
}

}  // namespace mini_bert
