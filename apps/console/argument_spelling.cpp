// How the arguments of a command line may be spelled, and what is said of those that cannot be read.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/core.h>

#include "apps/console/command_line.h"
#include "apps/console/find_option.h"
#include "apps/console/value_cover.h"

namespace mini_bert {
namespace {

// The values that transformers' scripts accept for a flag that is on or off.
std::optional<bool> truth_of(const std::string& text) {
  std::string word = text;
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* yes : {"true", "yes", "t", "y", "1"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"false", "no", "f", "n", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

bool is_negative_number(const std::string& argument) {
  return argument.size() > 1 && argument[0] == '-' &&
         (std::isdigit(static_cast<unsigned char>(argument[1])) || argument[1] == '.');
}

bool is_flag(const std::string& argument) {
  return argument.size() > 1 && argument[0] == '-' && !is_negative_number(argument);
}

[[noreturn]] void fail_alone(const std::string& argument, const std::string& last_flag) {
  if (last_flag.empty()) {
    throw UsageError(fmt::format("'{}' stands alone; a flag belongs before it, as in --train texts.txt", argument));
  }
  throw UsageError(
      fmt::format("'{}' follows the value of {}, which takes one; put a text with blanks in quotes (a * outside of "
                  "quotes becomes several names)",
                  argument, last_flag));
}

// The number of typing slips between two words. A swap of neighbouring letters counts once.
size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> slips(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        slips[i][j] = i + j;
        continue;
      }
      slips[i][j] = std::min({slips[i - 1][j] + 1, slips[i][j - 1] + 1, slips[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        slips[i][j] = std::min(slips[i][j], slips[i - 2][j - 2] + 1);
      }
    }
  }
  return slips[a.size()][b.size()];
}

}  // namespace

std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates) {
  std::string nearest;
  size_t least = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t slips = edit_distance(word, candidate);
    if (slips >= least) continue;
    least = slips;
    nearest = candidate;
  }
  return nearest;
}

void CommandLine::fail_unknown(const std::string& flag) const {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app_->get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  const std::string nearest = nearest_word(flag, flags);
  throw UsageError(nearest.empty() ? fmt::format("unknown flag {}; --help lists all", flag)
                                   : fmt::format("unknown flag {}; did you mean {}?", flag, nearest));
}

// Whether an argument may stand alone, without a flag before it.
bool CommandLine::stands_alone() const {
  return std::ranges::any_of(app_->get_options(), [](const CLI::Option* option) { return option->get_positional(); });
}

// Text editors turn two hyphens into one long dash, and "-epochs" would be read as -e with the value "pochs".
void CommandLine::check_dashes(const std::string& argument) const {
  constexpr std::string_view dashes[] = {"\u2010", "\u2011", "\u2012", "\u2013",
                                         "\u2014", "\u2015", "\u2212", "\uFF0D"};
  std::string_view name = argument;
  bool is_typed = true;
  for (bool found = true; found;) {
    found = name.starts_with('-');
    if (found) name.remove_prefix(1);
    for (const std::string_view dash : dashes) {
      if (!name.starts_with(dash)) continue;
      name.remove_prefix(dash.size());
      found = true;
      is_typed = false;
    }
  }
  if (is_typed && (argument.starts_with("--") || name.empty())) return;
  std::string flag = "--" + std::string(name.substr(0, name.find('=')));
  std::ranges::replace(flag, '_', '-');
  const bool names_flag = name.size() > 1 && find_option(*app_, flag) != nullptr;
  if (!names_flag || name.size() == argument.size()) return;
  throw UsageError(is_typed ? fmt::format("{} has one hyphen; write {} with two", argument, flag)
                            : fmt::format("{} begins with a dash, not with hyphens; write {}", argument, flag));
}

// Reads a flag that only `is_foreign_` knows, with the values that follow it.
bool CommandLine::take_foreign(const std::vector<std::string>& arguments, std::size_t& at) {
  const std::string& argument = arguments[at];
  if (!is_foreign_ || !argument.starts_with("--")) return false;
  const std::size_t equals = argument.find('=');
  std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
  std::ranges::replace(name, '_', '-');
  if (find_option(*app_, "--" + name) != nullptr || !is_foreign_(name)) return false;
  std::vector<std::string> values;
  if (equals != std::string::npos) values.push_back(argument.substr(equals + 1));
  while (at + 1 < arguments.size() && (!arguments[at + 1].starts_with('-') || is_negative_number(arguments[at + 1]))) {
    values.push_back(arguments[++at]);
  }
  foreign_.emplace_back(std::move(name), std::move(values));
  return true;
}

// Spells arguments as CLI11 reads them: '-' in place of '_' in names of flags, and every value as an argument of its
// own, covered (value_cover.h). In a program where nothing stands alone, "--flag True" becomes "--flag=true".
std::vector<std::string> CommandLine::spell(const std::vector<std::string>& arguments) {
  const bool alone_allowed = stands_alone();
  std::vector<std::string> result;
  std::string last_flag;     // which took a value
  bool takes_files = false;  // whether the last flag takes further values
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string argument = arguments[i];
    if (argument == "--") {
      result.push_back(argument);
      while (++i < arguments.size()) result.push_back(covered(arguments[i]));
      break;
    }
    check_dashes(argument);
    if (!is_flag(argument)) {
      if (!alone_allowed && !takes_files) fail_alone(argument, last_flag);
      if (takes_files) result.push_back(last_flag);
      result.push_back(covered(argument));
      continue;
    }
    if (take_foreign(arguments, i)) {
      takes_files = false;
      continue;
    }
    const bool is_long = argument.starts_with("--");
    std::string flag = argument.substr(0, is_long ? argument.find('=') : 2);
    const bool has_value = argument != flag;
    std::replace(flag.begin(), flag.end(), '_', '-');
    argument.replace(0, flag.size(), flag);
    const CLI::Option* const option = find_option(*app_, flag);
    if (!option) fail_unknown(is_long ? flag : argument);
    const bool may_take_next = !has_value && i + 1 < arguments.size() && !is_flag(arguments[i + 1]);
    if (option->get_items_expected_max() == 0) {
      const bool takes_next = may_take_next && !alone_allowed;
      const auto truth = truth_of(has_value && is_long ? argument.substr(flag.size() + 1)
                                  : takes_next         ? arguments[i + 1]
                                                       : "");
      if (truth) argument = flag + (*truth ? "=true" : "=false");
      if (truth && takes_next) ++i;
      last_flag.clear();
      takes_files = false;
      result.push_back(argument);
      continue;
    }
    takes_files = std::ranges::find(file_flags_, option) != file_flags_.end();
    last_flag = takes_files ? "--" + option->get_lnames().front() : flag;
    result.push_back(flag);
    if (has_value) {
      result.push_back(covered(argument.substr(flag.size() + (is_long ? 1 : 0))));
    } else if (may_take_next && (!alone_allowed || is_negative_number(arguments[i + 1]))) {
      result.push_back(covered(arguments[++i]));
    }
  }
  return result;
}

}  // namespace mini_bert
