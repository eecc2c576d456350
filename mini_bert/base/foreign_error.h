#pragma once

#include <exception>
#include <filesystem>
#include <string>
#include <string_view>

#include "mini_bert/base/error.h"

// Exceptions that libraries throw: std::bad_alloc and std::length_error, filesystem_error, those of nlohmann::json.
// This is the one place that words them.
namespace mini_bert {

// One line for a person. The message of an Error is such a line already.
std::string message_of(const std::exception& error);

// Throws Error "<name>: <message_of(error)>". `name` is the file that was being read or written.
[[noreturn]] void fail_foreign(std::string_view name, const std::exception& error);

// Returns work(), which reads or writes the file `name`. Whatever it throws leaves as an Error that names the file.
template <class Work>
decltype(auto) with_file_name(std::string_view name, const Work& work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    fail_foreign(name, error);
  }
}

// Whether a path leads to something, and to what. Error, with the path and the reason, when the system cannot say:
// links in a circle, a name that is too long, a folder above that may not be searched.
std::filesystem::file_status status_of(const std::filesystem::path& path);

}  // namespace mini_bert
