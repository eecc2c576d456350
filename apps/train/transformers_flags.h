#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mini_bert {

// What mini_bert_train does with a flag of transformers' run_mlm.py, run_glue.py, run_ner.py, run_qa.py and
// TrainingArguments:
//   obeyed   declared in train_options.cpp, with the same effect
//   idle     accepted; one line says why it does nothing here
//   refused  an error with the reason, unless the value is the one that transformers has without the flag
enum class Treatment { obeyed, idle, refused };

struct TransformersFlag {
  std::string name;  // as transformers spells it: "per_device_train_batch_size"
  Treatment treatment = Treatment::obeyed;
  std::string reason;                 // obeyed: the flag of ours, "--batch-size"
  std::vector<std::string> harmless;  // values that change nothing: the default of transformers, and its like
};

// Every flag of these scripts, grouped by treatment. docs/compatibility.md has the same list, and a test compares both
// with the fields of transformers 5.23.
const std::vector<TransformersFlag>& transformers_flags();

// The idle or refused flag with this name, spelled "fp16" or "no-fp16", with '-' or '_'. nullptr when there is none.
const TransformersFlag* idle_or_refused(const std::string& name);

// Whether a value changes nothing, here as in transformers: "False" for --push_to_hub.
bool is_harmless(const TransformersFlag& flag, const std::string& value);

// Flags as they were given, with their values: ("fp16", {}), ("report-to", {"none"}).
using GivenFlags = std::vector<std::pair<std::string, std::vector<std::string>>>;

// The lines that say why idle flags do nothing here. UsageError for a refused flag.
std::vector<std::string> lines_about(const GivenFlags& given);

}  // namespace mini_bert
