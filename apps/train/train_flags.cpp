// The flags of mini_bert_train.
#include "apps/tasks/tasks.h"
#include "apps/train/train_options.h"
#include "apps/train/transformers_flags.h"

namespace mini_bert {
namespace {

constexpr double no_limit = 1e9;
constexpr std::int64_t many = 1'000'000'000;

void declare_data_flags(CommandLine& line, TrainOptions& o) {
  line.section("Task");
  line.choice("--task", o.task, training_task_names(), training_tasks_help());
  line.section("Model");
  line.model("--model,--model-name-or-path,-m", o.model,
             "model to fine-tune: its directory, or its name at huggingface.co");
  line.text("--config,--config-name", o.config, "config.json to train from random weights, with --vocab");
  line.text("--vocab,--tokenizer-name", o.vocab, "vocab.txt, or a directory with a tokenizer, for --config");
  line.text("--add-words", o.add_words, "file of words, one a line; each becomes a token of its own");
  line.section("Data: .txt (a text a line), .json, .jsonl, .csv, .tsv");
  line.files("--train,--train-file,-t", o.train_files, "texts to learn from, in one file or several");
  line.files("--validation,--validation-file", o.validation_files, "texts to measure the model with, never learned");
  line.number("--validation-split", o.validation_split, 0.0, 0.9, "share of --train to keep for validation instead");
  line.number("--validation-split-percentage", o.validation_percentage, 0.0, 90.0, "the same in percent");
  line.number<std::int64_t>("--max-train-samples", o.most_training, 1, many, "learn from the first so many texts only");
  line.number<std::int64_t>("--max-eval-samples", o.most_validation, 1, many,
                            "validate with the first so many texts only");
  line.text("--text-column,--text-column-name", o.text_column, "which column or key holds the text");
  line.text("--text-pair-column", o.pair_column,
            training_tasks_with("text-pair-column") + "which column or key holds the second text of a pair");
  line.text("--label-column,--label-column-name", o.label_column,
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
  line.number<std::int64_t>("--max-steps", t.max_steps, -1, many, "number of updates, instead of --epochs; -1: not");
  line.number<std::int64_t>("--batch-size,--per-device-train-batch-size,-b", t.batch_size, 1, many, "texts per batch");
  line.number<std::int64_t>("--batch-tokens", t.batch_tokens, 1, many,
                            "tokens per batch: a batch takes as many texts as fit; instead of --batch-size");
  line.number<std::int64_t>("--gradient-accumulation-steps", t.accumulation_steps, 1, many, "batches per update");
  line.number("--learning-rate,--lr", t.learning_rate, 0.0, no_limit,
              "the highest learning rate, reached after warm-up");
  line.choice("--lr-scheduler,--lr-scheduler-type", o.schedule, schedule_names(),
              "how the learning rate changes over the run");
  line.text("--lr-scheduler-kwargs", o.schedule_options,
            "settings of the schedule as a JSON object: {\"num_cycles\": 3}; names as in transformers");
  line.number("--warmup-ratio", t.warmup_ratio, 0.0, 1.0, "share of the updates in which the learning rate rises");
  line.steps("--warmup-steps", t.warmup_steps, o.warmup_share, 0, many,
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
  line.toggle("--bf16", o.bf16, "the same as --precision bf16");
  line.toggle("--gradient-checkpointing,--activation-checkpointing", t.gradient_checkpointing,
              "save memory for a third more time: compute activations again in the backward pass");
}

void declare_run_flags(CommandLine& line, TrainOptions& o) {
  TrainingArguments& t = o.training;
  line.section("While it runs");
  line.texts("--probe,-p", o.probes, "text with a [MASK], asked before, during and after training; repeatable")
      .repeatable();
  line.choice("--logging-strategy", o.log, {"no", "steps", "epoch"}, "when to add a row to the table");
  line.steps("--logging-steps", t.logging_steps, t.logging_share, 1, many,
             "updates between rows of the table; not given: a twentieth of the run, at most 500");
  line.choice("--eval-strategy,--evaluation-strategy", o.evaluate, {"no", "steps", "epoch"},
              "when to validate, besides before and after training");
  line.steps("--eval-steps", t.eval_steps, t.eval_share, 1, many,
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
  line.steps("--save-steps", o.save_steps, t.save_share, 0, many,
             "updates between checkpoints; 0: save none; not given: 500");
  line.number<std::int64_t>("--save-total-limit", t.save_total_limit, 1, many,
                            "how many checkpoints to keep; older ones are deleted");
  line.toggle("--load-best,--load-best-model-at-end", t.load_best, "end with the weights that were best in validation");
  line.choice("--save-dtype", o.save_type, {"f32", "bf16", "f16"}, "type of the trained model's numbers in its file");
  line.toggle("--overwrite,--overwrite-output-dir", o.overwrite, "replace the run that --output holds");
  line.toggle("--resume", o.resume, "continue the run in --output where it stopped");
  line.text("--resume-from-checkpoint", o.checkpoint, "continue from this checkpoint folder");
  line.toggle(
      "--allow-other-instruction-set", o.other_instruction_set,
      "with --resume: go on although the run began on a CPU with another instruction set, and so with other bits");
  line.text("--arguments", o.arguments, "JSON file of flags; flags on the command line win");
}

}  // namespace

void declare_flags(CommandLine& line, TrainOptions& options) {
  line.accept_foreign([](const std::string& name) { return idle_or_refused(name) != nullptr; });
  declare_data_flags(line, options);
  declare_masking_flags(line, options.masking, options.guard);
  declare_training_flags(line, options);
  declare_run_flags(line, options);
}

}  // namespace mini_bert
