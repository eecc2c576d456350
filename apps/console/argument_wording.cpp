#include "apps/console/argument_wording.h"

#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/core.h>

#include "apps/console/task_wording.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/bert/other_task_error.h"
#include "mini_bert/bert/run_identity.h"

namespace mini_bert {
namespace {

// Arguments whose flag is not simply their name with dashes instead of underscores.
const std::map<std::string, std::string, std::less<>> flags = {
    {"accumulation_steps", "--gradient-accumulation-steps"},
    {"adamw.beta_1", "--adam-beta1"},
    {"adamw.beta_2", "--adam-beta2"},
    {"adamw.eps", "--adam-epsilon"},
    {"adamw.weight_decay", "--weight-decay"},
    {"best_metric", "--metric-for-best-model"},
    {"evaluate", "--eval-strategy"},
    {"probes", "--probe"},
    {"save", "--save-strategy"},
    {"schedule", "--lr-scheduler"},
};

// Arguments that several flags, an environment variable or a file decide.
const std::map<std::string, std::string, std::less<>> phrases = {
    {"adamw.correct_bias", "the bias correction of AdamW (--adam-no-bias-correction)"},
    {"anchor_weights", "what --anchor pulls towards (the weights of --model)"},
    {"instruction_set", "the instruction set (MINI_BERT_ISA)"},
    {"questions", "the number of questions (--train)"},
    {"training_data", "the fingerprint of the training data (--train)"},
    {"updates", "the number of updates (--epochs, --max-steps, --batch-size)"},
    {"validation_data", "the fingerprint of the validation data (--validation, --validation-split)"},
};

std::string word_for(const std::string& argument, const std::function<bool(const std::string&)>& has_flag) {
  constexpr std::string_view config = "config.";
  if (argument.starts_with(config)) return argument.substr(config.size()) + " in the model's config.json";
  if (const auto phrase = phrases.find(argument); phrase != phrases.end()) return phrase->second;
  std::string flag = "--" + argument;
  std::ranges::replace(flag, '_', '-');
  if (const auto other = flags.find(argument); other != flags.end()) flag = other->second;
  return has_flag(flag) ? flag : argument;
}

bool is_argument(std::string_view name) {
  const auto allowed = [](char c) { return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '_' || c == '.'; };
  return !name.empty() && std::ranges::all_of(name, allowed);
}

// Bits differ between instruction sets, so a run continues with the one it began with, unless told otherwise.
std::string advice(const std::exception& error) {
  const auto* other_run = dynamic_cast<const OtherRunError*>(&error);
  if (other_run == nullptr) return "";
  const auto& differences = other_run->differences();
  const auto set = std::ranges::find(differences, instruction_set_key, &RunIdentity::Difference::key);
  if (set == differences.end()) return "";
  const std::string same = fmt::format("; to go on, set MINI_BERT_ISA={} on a CPU that has it", set->before);
  if (differences.size() > 1) return same;
  return same + ", or add --allow-other-instruction-set: the result will be as good, but not bit-identical";
}

}  // namespace

std::string worded(const std::exception& error, const std::function<bool(const std::string& flag)>& has_flag) {
  if (const auto* const other = dynamic_cast<const OtherTaskError*>(&error)) return task_wording(*other);
  const std::string text = message_of(error);
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('`', at);
    const std::size_t close = open == text.npos ? text.npos : text.find('`', open + 1);
    if (close == text.npos) {
      result += text.substr(at);
      break;
    }
    const std::string name(text.substr(open + 1, close - open - 1));
    result += text.substr(at, open - at);
    if (is_argument(name)) {
      result += word_for(name, has_flag);
      at = close + 1;
    } else {
      result += '`';
      at = open + 1;
    }
  }
  return result + advice(error);
}

}  // namespace mini_bert
