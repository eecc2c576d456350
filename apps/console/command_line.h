#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace mini_bert {

// Wrong usage, such as an unknown flag or an invalid value.
class UsageError : public std::runtime_error {
 public:
  explicit UsageError(const std::string& message);
};

// A declared flag. Its functions add conditions to it.
class Flag {
 public:
  explicit Flag(CLI::Option* option) : option_(option) {}

  Flag& required();    // the program refuses to run without it
  Flag& repeatable();  // each occurrence takes one value, and all values count

 private:
  friend class CommandLine;
  CLI::Option* option_;
};

// The flags of one program and the frame around its work:
//
//     CommandLine line("mini_bert_train", "Trains BERT on a text file.");
//     line.section("Training");
//     line.number("--epochs,--num-train-epochs", epochs, 0.0, 1e6, "passes over the data");
//     return line.run(argc, argv, [&] { train(...); });
//
// A declared variable keeps its value unless the flag is given. --help shows this value as the default. If a flag is
// given twice, the last one counts. Names are declared with '-' and may be typed with '_' as well. Every program has
// --help and --version.
class CommandLine {
 public:
  CommandLine(std::string program, const std::string& description);
  ~CommandLine();

  // Commands that --help begins with, each a line of at most 78 columns, or several with "\\\n" between them.
  void examples(const std::vector<std::string>& commands);

  // Starts a group of flags in --help. It lists the flags declared from here on.
  void section(std::string title) { section_ = std::move(title); }

  // Declares a flag without a value that sets `value` to true; --name=false resets it. A name with "{false}" behind it
  // does the opposite.
  Flag toggle(const std::string& names, bool& value, const std::string& help);

  // Declares a flag with any text as its value. Names without '-' declare an argument without a flag.
  Flag text(const std::string& names, std::string& value, const std::string& help);
  Flag texts(const std::string& names, std::vector<std::string>& values, const std::string& help);

  // Declares the flag of a model: a folder, or a name. Names of models that come with the program become their folders
  // (shipped_model_or()).
  Flag model(const std::string& names, std::string& value, const std::string& help);

  // Declares a repeatable flag for files. Each occurrence takes all values up to the next flag, because a shell expands
  // *.txt to several. Only for a program without arguments that stand alone.
  Flag files(const std::string& names, std::vector<std::string>& values, const std::string& help);

  // Declares a flag whose value is one of a few words.
  Flag choice(const std::string& names, std::string& value, const std::vector<std::string>& choices,
              const std::string& help);

  // Declares a flag with a number in [minimum, maximum]. T: int32_t, int64_t, uint64_t, float, double.
  template <typename T>
  Flag number(const std::string& names, T& value, T minimum, T maximum, const std::string& help);

  // The same for a number that may stay unset.
  template <typename T>
  Flag number(const std::string& names, std::optional<T>& value, T minimum, T maximum, const std::string& help);

  // Declares a number of updates: a whole number in [minimum, maximum], which sets `count`, or a share of all updates
  // below 1, which sets `share`. The one of the two that was not given is reset.
  Flag steps(const std::string& names, std::optional<std::int64_t>& count, std::optional<double>& share,
             std::int64_t minimum, std::int64_t maximum, const std::string& help);

  // Accepts flags that are not declared and that `is_foreign` knows, with any number of values. It gets the name
  // without dashes in front, with '-' between words. Only for a program without arguments that stand alone.
  void accept_foreign(std::function<bool(const std::string& name)> is_foreign) { is_foreign_ = std::move(is_foreign); }
  const std::vector<std::pair<std::string, std::vector<std::string>>>& foreign() const { return foreign_; }

  // Every flag that was given, under its first long name, with its values as typed.
  std::vector<std::pair<std::string, std::vector<std::string>>> given() const;

  // Every flag that was given, under its first long name, except those that were switched off (--name=false).
  std::vector<std::string> given_names() const;

  // One line that says to a person what went wrong.
  std::string message(const std::exception& error) const;

  // Every given flag whose value differs from its default, under its first long name.
  std::vector<std::string> changed() const;

  // Every flag, under its first long name, with the value in effect: the given value or the default.
  std::vector<std::pair<std::string, std::string>> effective() const;

  // Reads the flags, then does `work`. Returns the exit code for main: 0, or 1 for wrong usage or any exception from
  // `work`. In that case it prints one line on stderr: "mini_bert_xxx: what went wrong".
  int run(int argc, const char* const* argv, const std::function<void()>& work);

  // Only reads the flags. Throws UsageError, or CLI::Success for --help and --version.
  void parse(const std::vector<std::string>& arguments);

 private:
  Flag prepare(CLI::Option* option, const std::string& default_text);
  template <typename T>
  Flag number_option(const std::string& names, T minimum, T maximum, const std::string& help,
                     const std::string& default_text, std::function<void(T)> take);
  std::vector<std::string> typed_values(const CLI::Option& option) const;
  std::vector<std::string> spell(const std::vector<std::string>& arguments);
  bool take_foreign(const std::vector<std::string>& arguments, std::size_t& at);
  bool stands_alone() const;
  void check_dashes(const std::string& argument) const;
  [[noreturn]] void fail_unknown(const std::string& flag) const;
  int checked_output(int exit_code) const;

  std::string program_;
  std::unique_ptr<CLI::App> app_;  // CLI11 is costly to compile, so its header stays in command_line.cpp
  std::string section_ = "Flags";
  std::vector<const CLI::Option*> file_flags_;
  std::vector<const CLI::Option*> opposites_;  // toggles that reset their variable
  std::function<bool(const std::string&)> is_foreign_;
  std::vector<std::pair<std::string, std::vector<std::string>>> foreign_;
};

// The candidate with the fewest typing slips from `word`: inserted, dropped or changed letters, or swapped neighbours.
// Returns "" when every candidate differs by more than about a third of the word. Damerau 1964,
// doi:10.1145/363958.363994.
std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace mini_bert
