#include "apps/train/train_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/tasks/tasks.h"
#include "mini_bert/base/json.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert {
namespace {

constexpr double no_limit = 1e9;
constexpr std::int64_t many = 1'000'000'000;

void declare_data_flags(CommandLine& line, TrainOptions& o) {
  line.section("Task");
  line.choice("--task", o.task, training_task_names(), training_tasks_help());
  line.section("Model");
  line.text("--model,--model-name-or-path,-m", o.model,
            "model to fine-tune: its directory, or its name at huggingface.co");
  line.text("--config,--config-name", o.config, "config.json to train from random weights, with --vocab");
  line.text("--vocab,--tokenizer-name", o.vocab, "vocab.txt, or a directory with a tokenizer, for --config");
  line.text("--add-words", o.add_words, "file of words, one a line; each becomes a token of its own");
  line.section("Data: .txt (a text a line), .json, .jsonl, .csv, .tsv");
  line.text("--train,--train-file,-t", o.train, "texts to learn from");
  line.text("--validation,--validation-file", o.validation, "texts to measure the model with, never learned");
  line.number("--validation-split", o.validation_split, 0.0, 0.9, "share of --train to keep for validation instead");
  line.text("--text-column", o.text_column, "which column or key holds the text");
  line.text("--text-pair-column", o.pair_column,
            training_tasks_with("text-pair-column") + "which column or key holds the second text of a pair");
  line.text("--label-column", o.label_column,
            training_tasks_with("label-column") + "which column or key holds the labels");
  line.choice("--problem-type", o.problem_type,
              {"single_label_classification", "multi_label_classification", "regression"},
              training_tasks_with("problem-type") + "one label per text, several labels, or a number");
  line.text("--class-weights", o.class_weights,
            training_tasks_with("class-weights") +
                "how much each label weighs in the loss: balanced, or label=weight,label=weight");
  line.number<std::int64_t>("--doc-stride", o.doc_stride, 0, many,
                            "answer: a long text is read in windows; how many tokens neighbours share");
  line.toggle("--pack", o.pack, training_tasks_with("pack") + "join the texts and cut them into full blocks");
  line.toggle("--line-by-line{false}", o.pack, "make each text one sample, as without --pack");
  line.number<std::int64_t>("--max-length,--max-seq-length,-l", o.max_length, 0, many,
                            "longest sample in tokens; 0: as many as the model can read");
  line.number("--mask-probability,--mlm-probability", o.training.mask_probability, 0.0, 1.0,
              "mlm, pretrain: share of the tokens to guess");
}

void declare_training_flags(CommandLine& line, TrainOptions& o) {
  TrainingArguments& t = o.training;
  line.section("Training");
  line.number("--epochs,--num-train-epochs,-e", t.epochs, 0.0, no_limit, "passes over the data");
  line.number<std::int64_t>("--max-steps", t.max_steps, 1, many, "number of updates, instead of --epochs");
  line.number<std::int64_t>("--batch-size,--per-device-train-batch-size,-b", t.batch_size, 1, many, "texts per batch");
  line.number<std::int64_t>("--batch-tokens", t.batch_tokens, 1, many,
                            "tokens per batch: a batch takes as many texts as fit; instead of --batch-size");
  line.number<std::int64_t>("--gradient-accumulation-steps", t.accumulation_steps, 1, many, "batches per update");
  line.number("--learning-rate,--lr", t.learning_rate, 0.0, no_limit,
              "the highest learning rate, reached after warm-up");
  line.choice("--lr-scheduler,--lr-scheduler-type", o.schedule, schedule_names(),
              "how the learning rate changes over the run");
  line.number("--warmup-ratio", t.warmup_ratio, 0.0, 1.0, "share of the updates in which the learning rate rises");
  line.number<std::int64_t>("--warmup-steps", t.warmup_steps, 0, many,
                            "updates in which the learning rate rises, instead of the ratio");
  line.number("--layer-decay,--layerwise-lr-decay", t.layer_decay, 0.0, 1.0,
              "multiplies the learning rate once for every layer further down; 1: the same for all");
  line.number<std::int64_t>("--freeze-layers", t.freeze_layers, 0, many,
                            "do not train the embeddings and the first so many encoder layers");
  line.toggle("--freeze-embeddings", t.freeze_embeddings, "do not train the embeddings");
  line.number("--weight-decay", t.adamw.weight_decay, 0.0, no_limit,
              "weight decay of AdamW; biases and LayerNorm have none");
  line.number("--adam-beta1", t.adamw.beta_1, 0.0, 1.0, "AdamW: decay of the mean");
  line.number("--adam-beta2", t.adamw.beta_2, 0.0, 1.0, "AdamW: decay of the variance");
  line.number("--adam-epsilon", t.adamw.eps, 0.0, no_limit, "AdamW: added to the root");
  line.toggle("--adam-no-bias-correction{false}", t.adamw.correct_bias, "AdamW as in Google's BERT");
  line.number("--anchor", t.anchor, 0.0, no_limit,
              "how strongly weights are pulled back to those of --model; 0: not at all");
  line.number("--max-grad-norm", t.max_grad_norm, 0.0, no_limit, "scale gradients down to this norm; 0: never");
  line.number<std::uint64_t>("--seed", t.seed, 0, std::uint64_t{1} << 62,
                             "decides order, masks, dropout and new weights");
  line.number<std::int64_t>("--threads", o.threads, 0, 1024, "number of threads; 0: one for each processor");
  line.choice("--precision", o.precision, {"auto", "f32", "bf16"},
              "type of stored activations; auto: bf16 if this CPU multiplies it natively");
  line.toggle("--gradient-checkpointing", t.gradient_checkpointing,
              "save memory for a third more time: compute activations again in the backward pass");
}

void declare_run_flags(CommandLine& line, TrainOptions& o) {
  TrainingArguments& t = o.training;
  line.section("While it runs");
  line.texts("--probe,-p", o.probes, "text with a [MASK], asked before, during and after training; repeatable")
      .repeatable();
  line.number<std::int64_t>("--logging-steps", t.logging_steps, 1, many,
                            "updates between rows of the table; not given: a twentieth of the run, at most 500");
  line.choice("--eval-strategy,--evaluation-strategy", o.evaluate, {"no", "steps", "epoch"},
              "when to validate, besides before and after training");
  line.number<std::int64_t>("--eval-steps", t.eval_steps, 1, many,
                            "updates between validations; not given: as --logging-steps");
  line.number<std::int64_t>("--early-stopping-patience", t.early_stopping_patience, 1, many,
                            "stop after this many validations without a better one");
  line.text("--metric-for-best-model", t.best_metric,
            "what decides which validation is best: loss, or a metric of the task (accuracy, f1, …)");
  line.choice("--greater-is-better", o.greater_is_better, {"true", "false", "True", "False"},
              "whether a higher metric is better; not given: true for all but loss, perplexity and mse");
  line.toggle("--check,--dry-run", o.check, "report on data, model, memory and time; train nothing, write nothing");
  line.toggle("--json", o.json, "with --check: print one JSON object");
  line.toggle("--profile", o.profile, "print at the end how much time each operation took");
  line.section("Output");
  line.text("--output,--output-dir,-o", o.output, "folder for the trained model and the report");
  line.choice("--save-strategy", o.save, {"no", "steps", "epoch"}, "when to save a checkpoint");
  line.number<std::int64_t>("--save-steps", t.save_steps, 0, many, "updates between checkpoints; 0: save none");
  line.number<std::int64_t>("--save-total-limit", t.save_total_limit, 1, many,
                            "how many checkpoints to keep; older ones are deleted");
  line.toggle("--load-best,--load-best-model-at-end", t.load_best, "end with the weights that were best in validation");
  line.choice("--save-dtype", o.save_type, {"f32", "bf16", "f16"}, "type of the trained model's numbers in its file");
  line.toggle("--overwrite,--overwrite-output-dir", o.overwrite, "replace the run that --output holds");
  line.toggle("--resume", o.resume, "continue the run in --output where it stopped");
  line.text("--resume-from-checkpoint", o.checkpoint, "continue from this checkpoint folder");
  line.toggle("--do-train", o.ignored, "accepted because run_mlm.py has it; changes nothing");
  line.toggle("--do-eval", o.ignored, "accepted because run_mlm.py has it; changes nothing");
  line.text("--arguments", o.arguments, "JSON file of flags; flags on the command line win");
}

// Turns {"learning_rate": 1e-4, "probe": ["…", "…"], "pack": true} into --learning-rate 1e-4 --probe … --probe …
// --pack.
std::vector<std::string> flags_from_json(const std::string& path) {
  const nlohmann::json json = parse_json(read_text_file(path), path);
  require(json.is_object(), "{}: must be a JSON object of flags, found {}", path, json.type_name());
  std::vector<std::string> arguments;
  for (const auto& [key, value] : json.items()) {
    const nlohmann::json values = value.is_array() ? value : nlohmann::json::array({value});
    for (const auto& item : values) {
      require(item.is_primitive(), "{}: \"{}\" must be text, a number, true, false or a list of these, found {}", path,
              key, item.type_name());
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

Precision parse_precision(const std::string& name) {
  if (name == "auto") return isa() == Isa::avx512_bf16 ? Precision::mixed : Precision::full;
  return name == "bf16" ? Precision::mixed : Precision::full;
}

Every parse_every(const std::string& name) {
  return name == "no" ? Every::never : name == "epoch" ? Every::epoch : Every::steps;
}

TrainOptions parse(const std::vector<std::string>& arguments) {
  CommandLine line("mini_bert_train", "");
  TrainOptions options;
  declare_flags(line, options);
  line.parse(arguments);
  options.given = line.given();
  options.changed = line.changed();
  options.effective = line.effective();
  options.training.schedule = parse_schedule(options.schedule);
  options.training.precision = parse_precision(options.precision);
  options.training.evaluate = parse_every(options.evaluate);
  options.training.save = parse_every(options.save);
  if (!options.greater_is_better.empty()) {
    options.training.greater_is_better = options.greater_is_better == "true" || options.greater_is_better == "True";
  }
  if (!options.checkpoint.empty()) options.resume = true;
  return options;
}

void check(const TrainOptions& o) {
  const auto usage = [](bool ok, const char* message) {
    if (!ok) throw UsageError(message);
  };
  usage(!o.output.empty() || o.check, "--output is missing: where should the trained model go?");
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
  if (task.check != nullptr) task.check(o);
  usage(o.training.anchor == 0 || !o.model.empty(),
        "--anchor pulls towards the weights of a --model; --config has none");
  const bool sized = std::ranges::any_of(o.given, [](const auto& flag) { return flag.first == "batch-size"; });
  usage(!(o.training.batch_tokens && sized),
        "--batch-tokens and --batch-size exclude each other: as many texts as fit, or always so many?");
  usage(o.training.layer_decay > 0, "--layer-decay is 0; expected a number above 0, at most 1");
  usage(!(o.check && o.resume), "--check looks at a run before it begins; leave out --resume");
  usage(o.check || !o.json, "--json goes with --check");
  usage(o.validation.empty() || o.validation_split == 0, "--validation and --validation-split exclude each other");
  usage(!(o.resume && o.overwrite), "--resume and --overwrite exclude each other: go on, or start anew?");
  const bool validates = !o.validation.empty() || o.validation_split > 0;
  usage(validates || !o.training.load_best, "--load-best needs --validation or --validation-split");
  usage(validates || !o.training.early_stopping_patience,
        "--early-stopping-patience needs --validation or --validation-split");
  usage(validates || (o.training.best_metric == "loss" && !o.training.greater_is_better),
        "--metric-for-best-model and --greater-is-better need --validation or --validation-split");
}

}  // namespace

void declare_flags(CommandLine& line, TrainOptions& options) {
  declare_data_flags(line, options);
  declare_masking_flags(line, options.masking);
  declare_training_flags(line, options);
  declare_run_flags(line, options);
}

TrainOptions complete_options(const std::vector<std::string>& typed) {
  const TrainOptions first = parse(typed);
  std::vector<std::string> all;
  const auto put_before = [&](const std::string& path) {
    const std::vector<std::string> more = flags_from_json(path);
    all.insert(all.end(), more.begin(), more.end());
  };
  if (first.resume) {
    if (first.output.empty()) throw UsageError("--output is missing: which run is to be resumed?");
    put_before(first.output + "/arguments.json");
  }
  if (!first.arguments.empty()) put_before(first.arguments);
  all.insert(all.end(), typed.begin(), typed.end());
  TrainOptions options = parse(all);
  if (!first.probes.empty()) options.probes = first.probes;
  if (!first.masking.mask_words.empty()) options.masking.mask_words = first.masking.mask_words;
  check(options);
  return options;
}

std::string arguments_json(const TrainOptions::Given& given) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [flag, values] : given) {
    if (flag == "resume" || flag == "overwrite" || flag == "arguments" || flag == "resume-from-checkpoint") continue;
    if (values.size() == 1) {
      json[flag] = values.front();
    } else {
      json[flag] = values;
    }
  }
  return json.dump(2) + '\n';
}

StorageType TrainOptions::storage_type() const {
  if (save_type == "bf16") return StorageType::bf16;
  return save_type == "f16" ? StorageType::f16 : StorageType::f32;
}

}  // namespace mini_bert
