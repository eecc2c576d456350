// All programs in one file. A package then carries the library once instead of four times (MINI_BERT_ONE_PROGRAM). The
// file does what its name says, and mini_bert_train, mini_bert_predict, … are links to it. Under another name it takes
// the program from its first argument: `mini_bert train …` is `mini_bert_train …`.
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "apps/console/guarded_main.h"
#include "apps/console/terminal.h"
#include "mini_bert/base/version.h"

// CMake compiles each program for this file with its main() under these names.
int mini_bert_predict_main(int argc, char** argv);
int mini_bert_tokenize_main(int argc, char** argv);
int mini_bert_train_main(int argc, char** argv);
int mini_bert_vocab_main(int argc, char** argv);

namespace mini_bert {
namespace {

struct Program {
  std::string_view name, work;
  int (*main)(int, char**);
};
constexpr std::string_view prefix = "mini_bert_";
constexpr Program programs[] = {
    {"mini_bert_train", "fine-tunes a model on your own texts, or trains one from random weights",
     mini_bert_train_main},
    {"mini_bert_predict", "asks a model", mini_bert_predict_main},
    {"mini_bert_tokenize", "shows how a model's tokenizer reads a text", mini_bert_tokenize_main},
    {"mini_bert_vocab", "learns a vocabulary from text", mini_bert_vocab_main}};

const Program* program_named(std::string_view name) {
  for (const Program& program : programs) {
    if (program.name == name) return &program;
  }
  return nullptr;
}

// ps, top and killall then show the program's own name, as far as the system's 15 bytes go.
void show_name([[maybe_unused]] const Program& program) {
#ifdef __linux__
  prctl(PR_SET_NAME, program.name.data());
#endif
}

std::string help() {
  std::string text = "mini_bert holds four programs; each has --help:\n";
  for (const Program& program : programs) {
    text += fmt::format("  mini_bert {:<10}{}\n", program.name.substr(prefix.size()), program.work);
  }
  return text;
}

int run(int argc, char** argv) {
  const std::string started_as = argc > 0 ? argv[0] : "mini_bert";
  const std::size_t folder = started_as.rfind('/') + 1;  // 0 where there is no '/'
  const std::string first = argc > 1 ? argv[1] : "--help";
  const Program* program = program_named(std::string_view(started_as).substr(folder));
  if (program != nullptr) {
    show_name(*program);
    return program->main(argc, argv);
  }
  if (first == "--help" || first == "-h") {
    print_rows(help());
    return 0;
  }
  if (first == "--version") {
    print_rows("mini_bert " MINI_BERT_VERSION "\n");
    return 0;
  }
  program = program_named(std::string(prefix) + first);
  if (program == nullptr) {
    print_message(
        fmt::format("mini_bert: there is no program '{}'; expected train, predict, tokenize or vocab", first));
    return 1;
  }
  show_name(*program);
  // The hints of a program begin with the folder that it was started from.
  std::string name = started_as.substr(0, folder) + std::string(program->name);
  std::vector<char*> arguments(argv + 1, argv + argc + 1);  // with the null pointer at the end
  arguments[0] = name.data();
  return program->main(argc - 1, arguments.data());
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  return mini_bert::guarded_main("mini_bert", argc, argv, mini_bert::run);
}
