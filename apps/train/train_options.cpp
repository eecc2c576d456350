#include "apps/train/train_options.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "apps/console/data_files.h"
#include "apps/tasks/tasks.h"
#include "apps/train/read_inputs.h"
#include "apps/train/schedule_options.h"
#include "apps/train/transformers_flags.h"
#include "mini_bert/base/argument_error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert {
namespace {

// Whether a key is a flag of transformers that is idle or refused, with the value that it has anyway. A dump of all
// TrainingArguments is full of these.
bool says_nothing(const std::string& key, const nlohmann::json& value) {
  const TransformersFlag* const flag = idle_or_refused(key);
  if (flag != nullptr && flag->treatment == Treatment::idle && value.is_structured()) return true;
  return flag != nullptr && is_harmless(*flag, value.is_string() ? value.get<std::string>() : value.dump());
}

Precision parse_precision(const std::string& name) {
  if (name == "auto") return isa() == Isa::avx512_bf16 ? Precision::mixed : Precision::full;
  return name == "bf16" ? Precision::mixed : Precision::full;
}

Every parse_every(const std::string& name) {
  return name == "no" ? Every::never : name == "epoch" ? Every::epoch : Every::steps;
}

void read_schedule(TrainOptions& o) {
  TrainingArguments& t = o.training;
  t.schedule = parse_schedule(o.schedule);
  if (!o.schedule_options.empty()) t.schedule_options = parse_schedule_options(o.schedule_options, t.schedule);
  if (t.learning_rate == 0) return;
  try {
    learning_rate_factor(t.schedule, 0, 0, 1, t.schedule_options, t.learning_rate);
  } catch (const ArgumentError& error) {
    if (error.argument() != "schedule") throw;
    throw UsageError("--lr-scheduler " + error.problem() + "; give it with --lr-scheduler-kwargs");
  }
}

// Drops files that were named twice. Returns what messages call them: "a.txt", "a.txt, b.txt and 3 more".
std::string name_files(std::vector<std::string>& files) {
  constexpr std::size_t most = 3;
  std::vector<std::string> distinct;
  for (const std::string& file : files) {
    if (std::ranges::find(distinct, file) == distinct.end()) distinct.push_back(file);
  }
  files = std::move(distinct);
  const std::size_t named = files.size() > most ? most - 1 : files.size();
  std::string name =
      fmt::format("{}", fmt::join(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(named), ", "));
  return named < files.size() ? fmt::format("{} and {} more", name, files.size() - named) : name;
}

void complete_files(TrainOptions& o) {
  o.train = name_files(o.train_files);
  o.validation = name_files(o.validation_files);
}

// Takes over values that stand for others, and what several flags decide together.
void complete_values(TrainOptions& o) {
  TrainingArguments& t = o.training;
  complete_files(o);
  if (o.warmup_share) t.warmup_ratio = *o.warmup_share;
  if (o.save_steps) t.save_steps = *o.save_steps;
  // transformers keeps a share for validation only where there is no file for it.
  if (o.validation_percentage && o.validation.empty()) o.validation_split = *o.validation_percentage / 100;
  if (t.max_steps == 0) throw UsageError("--max-steps is '0'; expected -1 or a whole number from 1 up");
  if (t.max_steps == -1) t.max_steps.reset();
  if (o.bf16 && o.precision == "f32") throw UsageError("--bf16 and --precision f32 exclude each other");
  if (o.bf16) o.precision = "bf16";
  const auto checkpoint_is = [&](const char* a, const char* b) { return o.checkpoint == a || o.checkpoint == b; };
  const bool newest = checkpoint_is("True", "true");
  if (newest || checkpoint_is("False", "false")) o.checkpoint.clear();
  o.resume |= newest || !o.checkpoint.empty();
}

// What --precision auto became stands in arguments.json and in the report.
void state_precision(TrainOptions& o) {
  const std::string name = o.training.precision == Precision::mixed ? "bf16" : "f32";
  std::erase_if(o.given, [](const auto& flag) { return flag.first == "precision" || flag.first == "bf16"; });
  o.given.emplace_back("precision", std::vector<std::string>{name});
  const auto shown = std::ranges::find(o.effective, "precision", [](const auto& flag) { return flag.first; });
  if (shown != o.effective.end()) shown->second = o.precision == "auto" ? name + " (auto)" : name;
}

TrainOptions parse(const std::vector<std::string>& arguments) {
  CommandLine line("mini_bert_train", "");
  TrainOptions options;
  declare_flags(line, options);
  line.parse(arguments);
  options.given = line.given();
  options.changed = line.changed();
  options.effective = line.effective();
  options.notes = lines_about(line.foreign());
  for (const auto& [flag, values] : line.foreign()) {
    const bool is_tagging =
        flag == "task-name" && (values.back() == "ner" || values.back() == "pos" || values.back() == "chunk");
    if (is_tagging) options.named_task = values.back();
  }
  read_schedule(options);
  options.training.log = parse_every(options.log);
  options.training.evaluate = parse_every(options.evaluate);
  options.training.save = parse_every(options.save);
  if (!options.greater_is_better.empty()) {
    options.training.greater_is_better = options.greater_is_better == "true" || options.greater_is_better == "True";
  }
  complete_values(options);
  options.training.precision = parse_precision(options.precision);
  state_precision(options);
  return options;
}

// The trained model must not take the place of the one that it is made from, and --overwrite must not delete it.
void check_output(const TrainOptions& o) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (o.resume || o.model.empty() || o.output.empty() || !fs::is_directory(o.model, error)) return;
  if (fs::equivalent(o.model, o.output, error)) {
    throw UsageError(
        fmt::format("--output {} is the folder of --model, which would be lost; choose another", o.output));
  }
  const fs::path inside =
      fs::weakly_canonical(o.model, error).lexically_relative(fs::weakly_canonical(o.output, error));
  if (!o.overwrite || error || inside.empty() || *inside.begin() == "..") return;
  throw UsageError(
      fmt::format("--model {} is part of the run in --output {}, which --overwrite deletes; choose another "
                  "--output",
                  o.model, o.output));
}

void check(const TrainOptions& o) {
  const auto usage = [](bool ok, const char* message) {
    if (!ok) throw UsageError(message);
  };
  usage(!o.output.empty() || o.check,
        "--output is missing: where should the trained model go? (--help begins with examples)");
  usage(!o.train.empty(), "--train is missing: which file holds the texts to learn?");
  usage(!o.model.empty() || !o.config.empty(),
        "--model is missing: which model directory is to be fine-tuned? (or --config and --vocab, to start from random "
        "weights)");
  usage(o.model.empty() || o.config.empty(), "--model and --config exclude each other: fine-tune, or start anew?");
  usage(o.config.empty() || !o.vocab.empty(), "--vocab is missing: --config needs a vocabulary");
  usage(o.model.empty() || o.vocab.empty(), "--vocab goes with --config; a model directory brings its own");
  usage(!o.model.empty() || o.add_words.empty(),
        "--add-words goes with --model; with --config name a --vocab that has the words");
  const TrainingTask& task = training_task(o.task);
  check_flags(task, o.changed);
  if (!o.named_task.empty() && o.task != "tag") {
    throw UsageError(fmt::format("--task_name {} needs --task tag here; it is {}", o.named_task, o.task));
  }
  if (task.check != nullptr) task.check(o);
  check_data_files(o.train_files);
  check_data_files(o.validation_files);
  check_output(o);
  usage(o.training.anchor == 0 || !o.model.empty(),
        "--anchor pulls towards the weights of a --model; --config has none");
  const bool sized = std::ranges::any_of(o.given, [](const auto& flag) { return flag.first == "batch-size"; });
  usage(!(o.training.batch_tokens && sized),
        "--batch-tokens and --batch-size exclude each other: as many texts as fit, or always so many?");
  usage(o.training.layer_decay > 0, "--layer-decay is 0; expected a number above 0, at most 1");
  usage(!(o.check && o.resume), "--check looks at a run before it begins; leave out --resume");
  usage(o.check || !o.json, "--json goes with --check");
  usage(o.validation.empty() || o.validation_split == 0, "--validation and --validation-split exclude each other");
  usage(o.resume || !o.other_instruction_set, "--allow-other-instruction-set goes with --resume");
  usage(!(o.resume && o.overwrite), "--resume and --overwrite exclude each other: go on, or start anew?");
  const bool validates = !o.validation.empty() || o.validation_split > 0;
  usage(validates || !o.training.load_best, "--load-best needs --validation or --validation-split");
  usage(validates || !o.training.early_stopping_patience,
        "--early-stopping-patience needs --validation or --validation-split");
  usage(validates || (o.training.best_metric == "loss" && !o.training.greater_is_better),
        "--metric-for-best-model and --greater-is-better need --validation or --validation-split");
}

// A flag for one file, typed twice with different values: nobody means the last one.
void check_typed_once(const TrainOptions& typed) {
  constexpr std::array flags = {"model", "output",    "config",     "vocab",     "text-column", "label-column",
                                "task",  "add-words", "checkpoint", "arguments", "guard"};
  for (const auto& [flag, values] : typed.given) {
    const bool once = std::ranges::find(flags, flag) != flags.end();
    if (!once || std::ranges::count(values, values.front()) == std::ranges::ssize(values)) continue;
    throw UsageError(fmt::format("--{} is given more than once ('{}' and '{}') and takes one value", flag,
                                 values.front(), values.back()));
  }
}

// Lists that were typed replace those of a file; all other flags are decided by their last occurrence.
void take_typed_lists(const TrainOptions& typed, TrainOptions& options) {
  const auto take = [&](const char* flag, auto&& list_of) {
    if (list_of(typed).empty()) return;
    list_of(options) = list_of(typed);
    const auto same = [flag](const auto& given) { return given.first == flag; };
    const auto from = std::ranges::find_if(typed.given, same);
    const auto to = std::ranges::find_if(options.given, same);
    if (from != typed.given.end() && to != options.given.end()) to->second = from->second;
    const auto shown = std::ranges::find_if(options.effective, same);
    if (shown != options.effective.end()) shown->second = fmt::format("{}", fmt::join(from->second, ", "));
  };
  take(
      "probe", [](auto& o) -> auto& { return o.probes; });
  take(
      "mask-words", [](auto& o) -> auto& { return o.masking.mask_words; });
  take(
      "train", [](auto& o) -> auto& { return o.train_files; });
  take(
      "validation", [](auto& o) -> auto& { return o.validation_files; });
  complete_files(options);
}

}  // namespace

TrainOptions complete_options(const std::vector<std::string>& typed) {
  const TrainOptions first = parse(typed);
  check_typed_once(first);
  std::vector<std::string> all;
  const auto put_before = [&](const std::string& path) {
    const std::vector<std::string> more = flags_from_json(path);
    all.insert(all.end(), more.begin(), more.end());
  };
  if (first.resume) {
    if (first.output.empty()) throw UsageError("--output is missing: which run is to be resumed?");
    const std::string arguments = first.output + "/arguments.json";
    if (!std::filesystem::exists(status_of(arguments))) {
      throw UsageError(fmt::format("{}: there is no run to resume here; start one without --resume", first.output));
    }
    put_before(arguments);
  }
  if (!first.arguments.empty()) put_before(first.arguments);
  all.insert(all.end(), typed.begin(), typed.end());
  TrainOptions options = parse(all);
  take_typed_lists(first, options);
  check(options);
  options.masking.guard = guard_file(options.guard);
  return options;
}

std::string arguments_json(const TrainOptions::Given& given) {
  constexpr std::array lists = {"train", "validation", "probe", "mask-words"};
  constexpr std::array of_one_start = {"resume", "overwrite", "arguments", "resume-from-checkpoint",
                                       "allow-other-instruction-set"};
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [flag, values] : given) {
    if (std::ranges::find(of_one_start, flag) != of_one_start.end()) continue;
    const bool is_list = std::ranges::find(lists, flag) != lists.end();
    if (values.size() == 1 || !is_list) {
      json[flag] = values.back();  // the last one counts; a resumed run has typed some of them again
    } else {
      json[flag] = values;
    }
  }
  return json.dump(2) + '\n';
}

std::vector<std::string> flags_from_json(const std::string& path) {
  const nlohmann::json json = with_file_name(path, [&] { return parse_json(read_text_file(path), path); });
  require(json.is_object(), "{}: must be a JSON object of flags, found {}", path, json.type_name());
  std::vector<std::string> arguments;
  for (const auto& [key, value] : json.items()) {
    if (says_nothing(key, value)) continue;
    const bool may_be_object = key == "lr_scheduler_kwargs" || idle_or_refused(key) != nullptr;
    const nlohmann::json values = value.is_array() ? value : nlohmann::json::array({value});
    for (const auto& item : values) {
      require(item.is_primitive() || may_be_object,
              "{}: \"{}\" must be text, a number, true, false or a list of these, found {}", path, key,
              item.type_name());
      if (item.is_null()) continue;
      arguments.push_back("--" + key + "=" + (item.is_string() ? item.get<std::string>() : item.dump()));
    }
  }
  CommandLine line("", "");
  TrainOptions scratch;
  declare_flags(line, scratch);
  try {
    line.parse(arguments);
  } catch (const UsageError& error) {
    throw UsageError(path + ": " + error.what());
  }
  return arguments;
}

StorageType TrainOptions::storage_type() const {
  if (save_type == "bf16") return StorageType::bf16;
  return save_type == "f16" ? StorageType::f16 : StorageType::f32;
}

}  // namespace mini_bert
