#include "apps/train/transformers_flags.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/core.h>

#include "apps/console/command_line.h"

namespace mini_bert {
namespace {

// Flags with the same treatment for the same reason. An entry is "name" or "name=default|another harmless value".
struct Group {
  Treatment treatment;
  const char* reason;
  std::vector<const char*> entries;
};

// Obeyed flags: the reason is our name, without dashes it is the same name.
const std::vector<Group>& groups() {
  static const std::vector<Group> all = {
      {Treatment::obeyed, "--model", {"model_name_or_path"}},
      {Treatment::obeyed, "--config", {"config_name"}},
      {Treatment::obeyed, "--vocab", {"tokenizer_name"}},
      {Treatment::obeyed, "--train", {"train_file"}},
      {Treatment::obeyed, "--validation", {"validation_file"}},
      {Treatment::obeyed, "--validation-split", {"validation_split_percentage"}},
      {Treatment::obeyed, "--text-column", {"text_column_name"}},
      {Treatment::obeyed, "--label-column", {"label_column_name"}},
      {Treatment::obeyed, "--max-length", {"max_seq_length"}},
      {Treatment::obeyed, "--mask-probability", {"mlm_probability"}},
      {Treatment::obeyed, "the opposite of --pack", {"line_by_line"}},
      {Treatment::obeyed, "--output", {"output_dir"}},
      {Treatment::obeyed, "--overwrite", {"overwrite_output_dir"}},
      {Treatment::obeyed, "--epochs", {"num_train_epochs"}},
      {Treatment::obeyed, "--batch-size", {"per_device_train_batch_size"}},
      {Treatment::obeyed, "--precision bf16", {"bf16"}},
      {Treatment::obeyed, "--gradient-checkpointing", {"gradient_checkpointing", "activation_checkpointing"}},
      {Treatment::obeyed, "--lr-scheduler", {"lr_scheduler_type"}},
      {Treatment::obeyed, "--load-best", {"load_best_model_at_end"}},
      {Treatment::obeyed, "--eval-strategy", {"evaluation_strategy"}},
      {Treatment::obeyed,
       "the same name",
       {"doc_stride",
        "max_train_samples",
        "max_eval_samples",
        "max_steps",
        "learning_rate",
        "lr_scheduler_kwargs",
        "warmup_steps",
        "warmup_ratio",
        "weight_decay",
        "adam_beta1",
        "adam_beta2",
        "adam_epsilon",
        "max_grad_norm",
        "seed",
        "logging_strategy",
        "logging_steps",
        "eval_strategy",
        "eval_steps",
        "save_strategy",
        "save_steps",
        "save_total_limit",
        "metric_for_best_model",
        "greater_is_better",
        "resume_from_checkpoint",
        "gradient_accumulation_steps"}},

      {Treatment::idle,
       "a run always trains, and validates when there are validation texts",
       {"do_train=True|False", "do_eval=True|False"}},
      {Treatment::idle,
       "numbers of 16 bits with a narrow range are for GPUs; --precision bf16 is the counterpart here",
       {"fp16=False", "fp16_full_eval=False", "fp16_opt_level=O1", "fp16_backend=auto", "half_precision_backend=auto"}},
      {Treatment::idle, "validation computes in the precision of --precision", {"bf16_full_eval=False"}},
      {Treatment::idle,
       "everything runs on the CPU, with loops that are compiled already",
       {"use_cpu=False", "no_cuda=False", "use_mps_device=False", "tf32", "torch_compile=False",
        "torch_compile_backend", "torch_compile_mode", "torchdynamo", "jit_mode_eval=False", "use_liger_kernel=False",
        "liger_kernel_config", "torch_empty_cache_steps", "dataloader_pin_memory=True", "skip_memory_metrics=True",
        "enable_jit_checkpoint=False", "use_cache=False", "tpu_num_cores"}},
      {Treatment::idle,
       "gradient checkpointing has no settings here",
       {"gradient_checkpointing_kwargs", "activation_checkpointing_kwargs"}},
      {Treatment::idle,
       "one process trains",
       {"local_rank=-1|0", "ddp_backend", "ddp_find_unused_parameters", "ddp_bucket_cap_mb", "ddp_broadcast_buffers",
        "ddp_static_graph", "ddp_timeout=1800", "average_tokens_across_devices=True", "log_on_each_node=True",
        "save_on_each_node=False", "log_level_replica=warning", "eval_use_gather_object=False", "accelerator_config"}},
      {Treatment::idle,
       "the program reads the files itself, with its own threads, and keeps no cache of them",
       {"overwrite_cache=False", "preprocessing_num_workers", "dataloader_num_workers=0",
        "dataloader_persistent_workers=False", "dataloader_prefetch_factor", "dataloader_multiprocessing_context",
        "dataloader_in_order=True", "streaming=False", "use_fast_tokenizer=True", "remove_unused_columns=True"}},
      {Treatment::idle,
       "texts are packed, so nothing is padded",
       {"pad_to_max_length=False", "group_by_length=False", "length_column_name=length"}},
      {Treatment::idle,
       "the run is shown on the console, in metrics.jsonl and in report.html",
       {"report_to=none", "logging_dir", "run_name", "project=huggingface", "trackio_space_id", "trackio_bucket_id",
        "trackio_static_space_id", "disable_tqdm|False", "log_level=passive", "logging_first_step=False",
        "include_num_input_tokens_seen=no|False", "include_tokens_per_second=False", "debug="}},
      {Treatment::idle, "a loss that is not finite ends the run", {"logging_nan_inf_filter=True"}},
      {Treatment::idle,
       "validation chooses its own batches, always computes the loss and all metrics, and always runs before training",
       {"per_device_eval_batch_size=8", "eval_accumulation_steps", "prediction_loss_only=False",
        "eval_do_concat_batches=True", "batch_eval_metrics=False", "include_for_metrics=[]",
        "include_inputs_for_metrics=False", "eval_on_start=False", "return_entity_level_metrics=False"}},
      {Treatment::idle,
       "nothing is sent to the hub",
       {"hub_token|<HUB_TOKEN>", "hub_private_repo", "hub_model_id", "hub_strategy=every_save", "hub_always_push=False",
        "hub_revision"}},
      {Treatment::idle,
       "a checkpoint always holds what a resumed run needs, as safetensors",
       {"save_only_model=False", "restore_callback_states_from_checkpoint=False", "save_safetensors=True"}},
      {Treatment::idle, "a run has the same bits each time", {"full_determinism=False"}},
      {Treatment::idle, "--seed decides the order of the texts as well", {"data_seed"}},
      {Treatment::idle, "--check says how much memory a run needs", {"auto_find_batch_size=False"}},
      {Treatment::idle, "no code of a model is executed", {"trust_remote_code=False"}},
      {Treatment::idle, "weights are read from the mapped file", {"low_cpu_mem_usage=False"}},
      {Treatment::idle, "a new head is made where the labels are new", {"ignore_mismatched_sizes=False"}},
      {Treatment::idle,
       "questions without an answer are learned wherever the data has them; mini_bert_predict has --may-be-absent",
       {"version_2_with_negative=False"}},
      {Treatment::idle, "training predicts nothing", {"max_predict_samples"}},

      {Treatment::refused,
       "training predicts nothing; afterwards ask the model with mini_bert_predict TASK --model OUTPUT --file FILE",
       {"do_predict=False", "test_file"}},
      {Treatment::refused,
       "data sets of the hub are not downloaded; name a file with --train",
       {"dataset_name", "dataset_config_name"}},
      {Treatment::refused,
       "data of GLUE is not downloaded; name a file with --train, and the kind of task with --task",
       {"task_name=ner|pos|chunk"}},
      {Treatment::refused, "nothing is sent to the hub; use hf upload", {"push_to_hub=False"}},
      {Treatment::refused,
       "AdamW is the only optimizer, and it has no settings but --adam-… and --weight-decay",
       {"optim=adamw_torch_fused|adamw_torch|adamw_hf|adamw_torch_xla|adamw_apex_fused", "optim_args",
        "optim_target_modules", "adafactor=False"}},
      {Treatment::refused,
       "the loss has no label smoothing and the embeddings get no noise",
       {"label_smoothing_factor=0", "neftune_noise_alpha|0"}},
      {Treatment::refused,
       "one process trains, with the whole model in memory",
       {"fsdp=|False", "fsdp_config", "deepspeed", "parallelism_config"}},
      {Treatment::refused, "validation also runs before and from the beginning of training", {"eval_delay=0"}},
      {Treatment::refused,
       "the texts of an epoch are drawn in a random order",
       {"train_sampling_strategy=random|group_by_length"}},
      {Treatment::refused,
       "every text is learned, also those of the last, smaller batch",
       {"dataloader_drop_last=False"}},
      {Treatment::refused, "a resumed run continues with the text at which it stopped", {"ignore_data_skip=False"}},
      {Treatment::refused, "name the column of the labels with --label-column", {"label_names"}},
      {Treatment::refused,
       "the branch main is used; give the folder that hf download --revision made as --model",
       {"model_revision=main"}},
      {Treatment::refused, "set the environment variable HF_HUB_CACHE to this folder", {"cache_dir"}},
      {Treatment::refused, "set the environment variable HF_TOKEN", {"token|False", "use_auth_token=False"}},
      {Treatment::refused,
       "weights are trained as f32; --precision and --save-dtype choose other types",
       {"dtype=auto|float32", "torch_dtype=auto|float32"}},
      {Treatment::refused,
       "a model with random weights is a BERT as its config.json says; name the file with --config",
       {"model_type=bert", "config_overrides"}},
      {Treatment::refused,
       "mini_bert_predict answer --may-be-absent compares with no answer, without a threshold",
       {"null_score_diff_threshold=0"}},
      {Treatment::refused,
       "answers are chosen among 20 candidates of at most 30 tokens",
       {"n_best_size=20", "max_answer_length=30"}},
      {Treatment::refused, "the first token of a word carries its label", {"label_all_tokens=False"}},
  };
  return all;
}

std::vector<std::string> split_at_bar(std::string_view values) {
  std::vector<std::string> parts;
  for (std::size_t bar; (bar = values.find('|')) != values.npos; values.remove_prefix(bar + 1)) {
    parts.emplace_back(values.substr(0, bar));
  }
  parts.emplace_back(values);
  return parts;
}

// Without a default, None is the default.
TransformersFlag flag_of(const Group& group, std::string_view entry) {
  const std::size_t end = entry.find_first_of("=|");
  TransformersFlag flag{
      .name = std::string(entry.substr(0, end)), .treatment = group.treatment, .reason = group.reason, .harmless = {}};
  if (end != entry.npos) flag.harmless = split_at_bar(entry.substr(end + 1));
  if (end == entry.npos || entry[end] == '|') flag.harmless.emplace_back("None");
  return flag;
}

std::string lowered(std::string text) {
  for (char& c : text) c = 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_same(const std::string& value, const std::string& other) {
  if (lowered(value) == lowered(other)) return true;
  const auto a = number_of(value), b = number_of(other);
  return a && b && *a == *b;
}

}  // namespace

const std::vector<TransformersFlag>& transformers_flags() {
  static const std::vector<TransformersFlag> flags = [] {
    std::vector<TransformersFlag> list;
    for (const Group& group : groups()) {
      for (const char* entry : group.entries) list.push_back(flag_of(group, entry));
    }
    return list;
  }();
  return flags;
}

const TransformersFlag* idle_or_refused(const std::string& name) {
  std::string spelled = name;
  std::ranges::replace(spelled, '-', '_');
  const auto find = [](std::string_view wanted) -> const TransformersFlag* {
    const auto& flags = transformers_flags();
    const auto found = std::ranges::find(flags, wanted, &TransformersFlag::name);
    return found == flags.end() || found->treatment == Treatment::obeyed ? nullptr : &*found;
  };
  if (const TransformersFlag* const flag = find(spelled)) return flag;
  return spelled.starts_with("no_") ? find(spelled.substr(3)) : nullptr;
}

bool is_harmless(const TransformersFlag& flag, const std::string& value) {
  if (value.empty() || is_same(value, "none") || is_same(value, "null") || value == "[]" || value == "{}") return true;
  return std::ranges::any_of(flag.harmless, [&](const std::string& other) { return is_same(value, other); });
}

std::vector<std::string> lines_about(const GivenFlags& given) {
  std::vector<std::string> lines;
  for (const auto& [name, values] : given) {
    const TransformersFlag& flag = *idle_or_refused(name);
    const bool is_negated = name.starts_with("no-") && !flag.name.starts_with("no_");
    const bool harmless = is_negated || (!values.empty() && std::ranges::all_of(values, [&](const std::string& value) {
                            return is_harmless(flag, value);
                          }));
    if (flag.treatment == Treatment::idle) {
      lines.push_back(fmt::format("--{} does nothing here: {}", flag.name, flag.reason));
    } else if (!harmless) {
      throw UsageError(fmt::format("--{} is not supported: {}", flag.name, flag.reason));
    }
  }
  return lines;
}

}  // namespace mini_bert
