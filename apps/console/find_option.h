#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace mini_bert {

// The option of a name with its hyphens; null where there is none. CLI11's get_option() and get_option_no_throw() copy
// names in a function that promises to throw nothing, so that a program without memory would abort.
inline const CLI::Option* find_option(const CLI::App& app, const std::string& name) {
  for (const CLI::Option* const option : app.get_options()) {
    if (option->check_name(name)) return option;
  }
  return nullptr;
}

}  // namespace mini_bert
