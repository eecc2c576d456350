// Asks a model: mini_bert_predict fill-mask --model DIR "今天天气很[MASK]。"
#include <unistd.h>

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/command_line.h"
#include "apps/text_format.h"
#include "bert/checkpoint.h"
#include "bert/predict/fill_mask.h"
#include "tensor/parallel.h"

namespace mini_bert {
namespace {

struct Flags {
  std::string task;
  std::string model;
  std::int64_t top_k = 5;
  std::string targets;
  bool json = false;
  std::int64_t threads = 0;
  std::vector<std::string> texts;
};

std::vector<std::string> split_at_commas(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

using Answers = std::vector<std::vector<FillMaskAnswer>>;

// One line: a list of answers for one blank, a list of such lists for several, as transformers' pipeline returns it.
void print_json(const Answers& answers) {
  nlohmann::ordered_json blanks = nlohmann::ordered_json::array();
  for (const auto& list : answers) {
    auto rows = nlohmann::ordered_json::array();
    for (const FillMaskAnswer& answer : list) {
      rows.push_back({{"score", answer.score},
                      {"token", answer.token},
                      {"token_str", answer.token_str},
                      {"sequence", answer.sequence}});
    }
    blanks.push_back(std::move(rows));
  }
  fmt::print("{}\n", (blanks.size() == 1 ? blanks.front() : blanks).dump());
}

void print_table(const std::string& text, const Answers& answers) {
  fmt::print("{}\n", text);
  for (std::size_t blank = 0; blank < answers.size(); ++blank) {
    if (answers.size() > 1) fmt::print("  blank {}\n", blank + 1);
    for (const FillMaskAnswer& answer : answers[blank]) {
      fmt::print("  {:>7}  {}  {}\n", format_percent(answer.score), pad_right(answer.token_str, 8), answer.sequence);
    }
  }
}

void answer(const Flags& flags, const PretrainedModel& pretrained, const std::string& text) {
  const Answers answers = fill_mask(*pretrained.model, pretrained.tokenizer, text,
                                    {.top_k = flags.top_k, .targets = split_at_commas(flags.targets)});
  if (flags.json) {
    print_json(answers);
  } else {
    print_table(text, answers);
  }
}

void predict(const Flags& flags) {
  if (flags.threads > 0) set_num_threads(static_cast<int>(flags.threads));
  const PretrainedModel pretrained = load_pretrained(flags.model);
  for (const std::string& text : flags.texts) answer(flags, pretrained, text);
  if (!flags.texts.empty()) return;
  if (isatty(STDIN_FILENO) == 1) fmt::print(stderr, "Type a text with a [MASK] and press Enter; Ctrl-D ends.\n");
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    answer(flags, pretrained, line);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  using namespace mini_bert;
  Flags flags;
  CommandLine line("mini_bert_predict", "Asks a BERT. fill-mask: which words fit where a text says [MASK]?");
  line.choice("task", flags.task, {"fill-mask"}, "what to ask").required();
  line.texts("text", flags.texts, "texts with [MASK]; none: lines of standard input");
  line.text("--model,--model-name-or-path,-m", flags.model, "model directory").required();
  line.number<std::int64_t>("--top-k,-k", flags.top_k, 1, 1'000'000, "answers per blank");
  line.text("--targets", flags.targets, "only these tokens, separated by commas");
  line.toggle("--json", flags.json, "one line of JSON per text, with the fields of transformers' pipeline");
  line.number<std::int64_t>("--threads", flags.threads, 0, 1024, "0: all processors");
  return line.run(argc, argv, [&] { predict(flags); });
}
