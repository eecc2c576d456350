#include "apps/console/command_line.h"

#include <unistd.h>

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
#include "apps/console/find_option.h"
#include "apps/console/shipped_files.h"
#include "apps/console/terminal.h"
#include "apps/console/text_format.h"
#include "apps/console/value_cover.h"
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

// A limit so high that nobody reaches it is not worth telling.
constexpr std::int64_t endless = 1'000'000'000;

// The layout of --help: flags on the left, their texts in a column of their own. As wide as the terminal, but lines
// that are too long are hard to read.
constexpr std::size_t help_column = 30;
std::size_t help_width() {
  return std::clamp<std::size_t>(terminal_width(STDOUT_FILENO).value_or(80), 60, 120);
}

std::string flag_help(const std::string& text) {
  return wrapped(text, help_width() - help_column);
}

}  // namespace

Flag& Flag::required() {
  option_->required();
  return *this;
}

Flag& Flag::repeatable() {
  option_->expected(1)->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return *this;
}

UsageError::UsageError(const std::string& message) : std::runtime_error(one_line(message)) {}

CommandLine::~CommandLine() = default;

CommandLine::CommandLine(std::string program, const std::string& description)
    : program_(std::move(program)), app_(std::make_unique<CLI::App>(wrapped(description, help_width()), program_)) {
  app_->set_help_flag("-h,--help", "show this page");
  app_->set_version_flag("--version", program_ + " " MINI_BERT_VERSION, "show the version");
  app_->get_formatter()->column_width(help_column);
}

void CommandLine::examples(const std::vector<std::string>& commands) {
  std::string text = "Examples:\n";
  for (const std::string& command : commands) text += "  " + command + '\n';
  app_->description(text + '\n' + app_->get_description());
}

Flag CommandLine::prepare(CLI::Option* option, const std::string& default_text) {
  if (!default_text.empty()) option->default_str(default_text);
  option->transform(uncovered, "", "");
  return Flag(option->group(section_)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast));
}

Flag CommandLine::toggle(const std::string& names, bool& value, const std::string& help) {
  CLI::Option* const option = app_->add_flag(names, value, flag_help(help))->group(section_);
  if (names.find("{false}") != std::string::npos) opposites_.push_back(option);
  return Flag(option);
}

Flag CommandLine::text(const std::string& names, std::string& value, const std::string& help) {
  return prepare(app_->add_option(names, value, flag_help(help))->type_name("TEXT"), value);
}

Flag CommandLine::texts(const std::string& names, std::vector<std::string>& values, const std::string& help) {
  return Flag(app_->add_option(names, values, flag_help(help))
                  ->transform(uncovered, "", "")
                  ->type_name("TEXT")
                  ->group(section_));
}

Flag CommandLine::model(const std::string& names, std::string& value, const std::string& help) {
  const Flag flag = text(names, value, help);
  flag.option_->transform([](const std::string& given) { return covered(shipped_model_or(uncovered(given))); }, "", "");
  return flag;
}

// spell() gives each value a flag of its own before CLI11 sees it.
Flag CommandLine::files(const std::string& names, std::vector<std::string>& values, const std::string& help) {
  const Flag flag = texts(names, values, help).repeatable();
  file_flags_.push_back(flag.option_->type_name("FILES"));
  return flag;
}

Flag CommandLine::choice(const std::string& names, std::string& value, const std::vector<std::string>& choices,
                         const std::string& help) {
  const std::string list = fmt::format("{}", fmt::join(choices, "|"));
  const std::string first = names.substr(0, names.find(','));
  const std::string flag = first.starts_with('-') ? first : "the " + first;
  const auto take = [&value, choices, list, flag](const std::string& given) {
    if (std::find(choices.begin(), choices.end(), given) == choices.end()) {
      const auto alike = std::ranges::find_if(choices, [&](const std::string& choice) {
        return choice.size() > 3 && given.starts_with(std::string_view(choice).substr(0, 4));
      });
      const bool is_short = given.size() < 5;  // f16 is no slip for bf16
      const std::string nearest = alike != choices.end() ? *alike : is_short ? "" : nearest_word(given, choices);
      throw UsageError(fmt::format("{} is '{}'; expected one of {}{}", flag, given, list,
                                   nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
    }
    value = given;
  };
  // A long list of choices goes into the help text, which is broken into lines.
  const bool is_long = names.size() + list.size() > help_width() - 8;
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
    const bool is_above = parsed && *parsed > maximum;
    const std::string range = maximum >= static_cast<T>(endless) && !is_above
                                  ? fmt::format("from {} up", minimum)
                                  : fmt::format("in {}..{}", minimum, maximum);
    const bool has_comma = given.find(',') != std::string::npos;
    throw UsageError(fmt::format("{} is '{}'; expected {} {}{}", flag, given, kind, range,
                                 has_comma ? ", with a point and no comma in it" : ""));
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

Flag CommandLine::steps(const std::string& names, std::optional<std::int64_t>& count, std::optional<double>& share,
                        std::int64_t minimum, std::int64_t maximum, const std::string& help) {
  const std::string flag = names.substr(0, names.find(','));
  const auto take = [=, &count, &share](const std::string& given) {
    const auto whole = parse_number<std::int64_t>(given);
    const auto part = parse_number<double>(given);
    const bool is_count = whole && *whole >= minimum && *whole <= maximum;
    const bool is_share = part && *part > 0 && *part < 1;
    if (!is_count && !is_share) {
      throw UsageError(fmt::format("{} is '{}'; expected a whole number in {}..{}, or a share of all updates below 1",
                                   flag, given, minimum, maximum));
    }
    count.reset();
    share.reset();
    if (is_count) count = whole;
    if (is_share) share = part;
  };
  CLI::Option* const option = app_->add_option_function<std::string>(names, take, flag_help(help));
  return prepare(option->type_name("NUMBER"), count ? fmt::format("{}", *count) : "");
}

template Flag CommandLine::number(const std::string&, int32_t&, int32_t, int32_t, const std::string&);
template Flag CommandLine::number(const std::string&, int64_t&, int64_t, int64_t, const std::string&);
template Flag CommandLine::number(const std::string&, uint64_t&, uint64_t, uint64_t, const std::string&);
template Flag CommandLine::number(const std::string&, float&, float, float, const std::string&);
template Flag CommandLine::number(const std::string&, double&, double, double, const std::string&);
template Flag CommandLine::number(const std::string&, std::optional<int64_t>&, int64_t, int64_t, const std::string&);
template Flag CommandLine::number(const std::string&, std::optional<double>&, double, double, const std::string&);

void CommandLine::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> spelled = spell(arguments);
  std::reverse(spelled.begin(), spelled.end());  // CLI11 takes the arguments in reverse order
  try {
    app_->parse(std::move(spelled));
  } catch (const CLI::Success&) {
    throw;
  } catch (const CLI::RequiredError& error) {
    const std::string what = error.what();  // "--model is required"
    throw UsageError(what.substr(0, what.find(' ')) + " is missing; --help begins with examples");
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();
    throw UsageError(what.substr(0, what.find(':')) + " needs a value after it");
  } catch (const CLI::ParseError& error) {
    throw UsageError(without_covers(error.what()));
  }
}

// A toggle that resets its variable, as "--line-by-line{false}", has the opposite of what was typed as its result.
std::vector<std::string> CommandLine::typed_values(const CLI::Option& option) const {
  std::vector<std::string> values = option.results();
  if (std::ranges::find(opposites_, &option) == opposites_.end()) return values;
  for (std::string& value : values) value = value == "false" ? "true" : "false";
  return values;
}

std::vector<std::pair<std::string, std::vector<std::string>>> CommandLine::given() const {
  std::vector<std::pair<std::string, std::vector<std::string>>> given;
  for (const CLI::Option* option : app_->get_options()) {
    if (option->count() > 0) given.emplace_back(option->get_lnames().front(), typed_values(*option));
  }
  return given;
}

std::vector<std::string> CommandLine::given_names() const {
  std::vector<std::string> names;
  for (const CLI::Option* option : app_->get_options()) {
    if (option->count() == 0 || option->get_lnames().empty()) continue;
    const bool is_off = option->get_items_expected() == 0 && typed_values(*option).back() == "false";
    if (!is_off) names.push_back(option->get_lnames().front());
  }
  return names;
}

std::string CommandLine::message(const std::exception& error) const {
  const auto has_flag = [this](const std::string& flag) { return find_option(*app_, flag) != nullptr; };
  return one_line(worded(error, has_flag));
}

std::vector<std::string> CommandLine::changed() const {
  std::vector<std::string> changed;
  for (const CLI::Option* option : app_->get_options()) {
    if (option->count() == 0 || option->get_lnames().empty()) continue;
    const std::string value = fmt::format("{}", fmt::join(typed_values(*option), ", "));
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
        option->count() > 0 ? fmt::format("{}", fmt::join(typed_values(*option), ", ")) : option->get_default_str();
    effective.emplace_back(option->get_lnames().front(), value);
  }
  return effective;
}

// What is still in a buffer may fail to be written, and an answer that is lost must not look like success.
int CommandLine::checked_output(int exit_code) const {
  std::cout.flush();
  flush_output();
  if (std::cout && output_error() == 0) return exit_code;
  print_message(program_ + ": " + output_problem());
  return 1;
}

int CommandLine::run(int argc, const char* const* argv, const std::function<void()>& work) {
  remember_program(argv[0]);
  try {
    parse({argv + 1, argv + argc});
    work();
    return checked_output(0);
  } catch (const CLI::Success& help) {
    return checked_output(app_->exit(help));
  } catch (const std::exception& error) {
    print_message(program_ + ": " + message(error));
  }
  return 1;
}

}  // namespace mini_bert
