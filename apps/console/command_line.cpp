#include "apps/console/command_line.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <limits>
#include <optional>
#include <sstream>

#include "apps/console/argument_wording.h"
#include "apps/console/text_format.h"
#include "mini_bert/base/version.h"

namespace mini_bert {
namespace {

template <typename T>
std::optional<T> parse_number(const std::string& text) {
  T value{};
  const char* const end = text.data() + text.size();
  const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [stopped, error] = std::from_chars(begin, end, value);
  if (error == std::errc() && stopped == end) return value;
  if constexpr (std::is_integral_v<T>) {  // accepts 1e6 as an integer
    const auto real = parse_number<double>(text);
    if (real && *real == std::floor(*real) && std::abs(*real) < 9e15 &&
        *real >= static_cast<double>(std::numeric_limits<T>::min()) &&
        *real <= static_cast<double>(std::numeric_limits<T>::max())) {
      return static_cast<T>(*real);
    }
  }
  return std::nullopt;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

bool is_negative_number(const std::string& argument) {
  return argument.size() > 1 && argument[0] == '-' &&
         (std::isdigit(static_cast<unsigned char>(argument[1])) || argument[1] == '.');
}

// The layout of --help: flags on the left, their texts in a column of their own, 80 columns in all.
constexpr std::size_t help_width = 80, help_column = 30;

// Breaks the text at spaces into lines of at most `width` columns.
std::string wrapped(const std::string& text, std::size_t width) {
  std::istringstream words(text);
  std::string lines;
  std::size_t used = 0;
  for (std::string word; words >> word;) {
    const std::size_t columns = display_width(word);
    if (used > 0 && used + 1 + columns > width) {
      lines += '\n';
      used = 0;
    }
    if (used > 0) lines += ' ';
    lines += word;
    used += columns + (used > 0 ? 1 : 0);
  }
  return lines;
}
std::string flag_help(const std::string& text) {
  return wrapped(text, help_width - help_column);
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

// CLI11 reads an argument such as "[MASK] and [MASK]" as a list. A space in front makes it a text; uncovered() removes
// the space again.
bool in_brackets(std::string_view argument) {
  return argument.starts_with('[') && argument.ends_with(']');
}
std::string uncovered(std::string argument) {
  if (argument.starts_with(' ') && in_brackets(std::string_view(argument).substr(1))) argument.erase(0, 1);
  return argument;
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

Flag& Flag::required() {
  option_->required();
  return *this;
}

Flag& Flag::repeatable() {
  option_->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return *this;
}

CommandLine::~CommandLine() = default;

CommandLine::CommandLine(std::string program, const std::string& description)
    : program_(std::move(program)), app_(std::make_unique<CLI::App>(wrapped(description, help_width), program_)) {
  app_->set_help_flag("-h,--help", "show this page");
  app_->set_version_flag("--version", program_ + " " MINI_BERT_VERSION, "show the version");
  app_->get_formatter()->column_width(help_column);
}

Flag CommandLine::prepare(CLI::Option* option, const std::string& default_text) {
  if (!default_text.empty()) option->default_str(default_text);
  return Flag(option->group(section_)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast));
}

Flag CommandLine::toggle(const std::string& names, bool& value, const std::string& help) {
  return Flag(app_->add_flag(names, value, flag_help(help))->group(section_));
}

Flag CommandLine::text(const std::string& names, std::string& value, const std::string& help) {
  CLI::Option* const option =
      app_->add_option(names, value, flag_help(help))->transform(uncovered, "", "")->type_name("TEXT");
  return prepare(option, value);
}

Flag CommandLine::texts(const std::string& names, std::vector<std::string>& values, const std::string& help) {
  return Flag(app_->add_option(names, values, flag_help(help))
                  ->transform(uncovered, "", "")
                  ->type_name("TEXT")
                  ->group(section_));
}

Flag CommandLine::choice(const std::string& names, std::string& value, const std::vector<std::string>& choices,
                         const std::string& help) {
  const std::string list = fmt::format("{}", fmt::join(choices, "|"));
  const std::string flag = names.substr(0, names.find(','));
  const auto take = [&value, choices, list, flag](const std::string& given) {
    if (std::find(choices.begin(), choices.end(), given) == choices.end()) {
      throw UsageError(fmt::format("{} is '{}'; expected one of {}", flag, given, list));
    }
    value = given;
  };
  // A long list of choices goes into the help text, which is broken into lines.
  const bool is_long = names.size() + list.size() > help_width - 8;
  const std::string text = is_long ? fmt::format("{}: {}", help, fmt::join(choices, ", ")) : help;
  CLI::Option* const option = app_->add_option_function<std::string>(names, take, flag_help(text));
  return prepare(option->type_name(is_long ? "WORD" : list), value);
}

template <typename T>
Flag CommandLine::number_option(const std::string& names, T minimum, T maximum, const std::string& help,
                                const std::string& default_text, std::function<void(T)> take) {
  const std::string flag = names.substr(0, names.find(','));
  const char* const kind = std::is_integral_v<T> ? "a whole number" : "a number";
  const auto check_and_take = [=](const std::string& given) {
    const auto parsed = parse_number<T>(given);
    if (parsed && *parsed >= minimum && *parsed <= maximum) return take(*parsed);
    const std::string range = maximum == std::numeric_limits<T>::max() ? fmt::format("from {} up", minimum)
                                                                       : fmt::format("in {}..{}", minimum, maximum);
    throw UsageError(fmt::format("{} is '{}'; expected {} {}", flag, given, kind, range));
  };
  CLI::Option* const option = app_->add_option_function<std::string>(names, check_and_take, flag_help(help));
  return prepare(option->type_name(std::is_integral_v<T> ? "INT" : "NUMBER"), default_text);
}

template <typename T>
Flag CommandLine::number(const std::string& names, T& value, T minimum, T maximum, const std::string& help) {
  return number_option<T>(names, minimum, maximum, help, fmt::format("{}", value),
                          [&value](T given) { value = given; });
}

template <typename T>
Flag CommandLine::number(const std::string& names, std::optional<T>& value, T minimum, T maximum,
                         const std::string& help) {
  return number_option<T>(names, minimum, maximum, help, value ? fmt::format("{}", *value) : "",
                          [&value](T given) { value = given; });
}

template Flag CommandLine::number(const std::string&, int32_t&, int32_t, int32_t, const std::string&);
template Flag CommandLine::number(const std::string&, int64_t&, int64_t, int64_t, const std::string&);
template Flag CommandLine::number(const std::string&, uint64_t&, uint64_t, uint64_t, const std::string&);
template Flag CommandLine::number(const std::string&, float&, float, float, const std::string&);
template Flag CommandLine::number(const std::string&, double&, double, double, const std::string&);
template Flag CommandLine::number(const std::string&, std::optional<int64_t>&, int64_t, int64_t, const std::string&);

void CommandLine::fail_unknown(const std::string& flag) const {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app_->get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  const std::string nearest = nearest_word(flag, flags);
  throw UsageError(nearest.empty() ? fmt::format("unknown flag {}; --help lists all", flag)
                                   : fmt::format("unknown flag {}; did you mean {}?", flag, nearest));
}

// Replaces '_' by '-' in flag names, and "--flag -1" by "--flag=-1", because CLI11 would read "-1" as a flag.
std::vector<std::string> CommandLine::spell(const std::vector<std::string>& arguments) const {
  std::vector<std::string> result;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string argument = arguments[i];
    if (argument == "--") {
      result.insert(result.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
      break;
    }
    if (argument.size() < 2 || argument[0] != '-' || is_negative_number(argument)) {
      result.push_back(argument);
      continue;
    }
    std::string flag = argument.substr(0, argument.find('='));
    std::replace(flag.begin(), flag.end(), '_', '-');
    argument.replace(0, flag.size(), flag);
    const CLI::Option* const option = app_->get_option_no_throw(flag.starts_with("--") ? flag : flag.substr(0, 2));
    if (!option) fail_unknown(flag);
    const bool wants_value = argument == flag && option->get_items_expected_max() > 0;
    if (wants_value && i + 1 < arguments.size() && is_negative_number(arguments[i + 1])) {
      argument += "=" + arguments[++i];
    }
    result.push_back(argument);
  }
  return result;
}

void CommandLine::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> spelled = spell(arguments);
  for (std::string& argument : spelled) {
    if (in_brackets(argument)) argument.insert(0, 1, ' ');
  }
  std::reverse(spelled.begin(), spelled.end());  // CLI11 takes the arguments in reverse order
  try {
    app_->parse(std::move(spelled));
  } catch (const CLI::Success&) {
    throw;
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
}

std::vector<std::pair<std::string, std::vector<std::string>>> CommandLine::given() const {
  std::vector<std::pair<std::string, std::vector<std::string>>> given;
  for (const CLI::Option* option : app_->get_options()) {
    if (option->count() > 0) given.emplace_back(option->get_lnames().front(), option->results());
  }
  return given;
}

std::vector<std::string> CommandLine::changed() const {
  std::vector<std::string> changed;
  for (const CLI::Option* option : app_->get_options()) {
    if (option->count() == 0 || option->get_lnames().empty()) continue;
    const std::string value = fmt::format("{}", fmt::join(option->results(), ", "));
    const bool is_default =
        value == option->get_default_str() || (option->get_items_expected() == 0 && value == "false");
    if (!is_default) changed.push_back(option->get_lnames().front());
  }
  return changed;
}

std::vector<std::pair<std::string, std::string>> CommandLine::effective() const {
  std::vector<std::pair<std::string, std::string>> effective;
  for (const CLI::Option* option : app_->get_options()) {
    if (option->get_lnames().empty() || option->get_group().empty() || option == app_->get_help_ptr() ||
        option == app_->get_version_ptr()) {
      continue;
    }
    const std::string value =
        option->count() > 0 ? fmt::format("{}", fmt::join(option->results(), ", ")) : option->get_default_str();
    effective.emplace_back(option->get_lnames().front(), value);
  }
  return effective;
}

int CommandLine::run(int argc, const char* const* argv, const std::function<void()>& work) {
  try {
    parse({argv + 1, argv + argc});
    work();
    std::cout.flush();
    if (!std::cout || std::fflush(stdout) != 0) throw std::runtime_error("standard output cannot be written");
    return 0;
  } catch (const CLI::Success& help) {
    return app_->exit(help);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "{}: out of memory\n", program_);
  } catch (const std::exception& error) {
    const auto has_flag = [this](const std::string& flag) { return app_->get_option_no_throw(flag) != nullptr; };
    fmt::print(stderr, "{}: {}\n", program_, one_line(worded(error, has_flag)));
  }
  return 1;
}

}  // namespace mini_bert
