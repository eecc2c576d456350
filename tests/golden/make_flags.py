"""Writes transformers_flags.txt, the flags of transformers' scripts with their defaults, and training_arguments.json.

    python tests/golden/make_flags.py

The fields of TrainingArguments are those of the installed transformers. The flags of the scripts, and those that older
versions had, are listed here, because the scripts are not part of the package.
"""

import dataclasses
import json
import pathlib

from transformers import TrainingArguments

SCRIPTS = """
model_name_or_path None
config_name None
tokenizer_name None
cache_dir None
use_fast_tokenizer True
model_revision main
token None
trust_remote_code False
dtype None
torch_dtype None
low_cpu_mem_usage False
ignore_mismatched_sizes False
model_type None
config_overrides None
dataset_name None
dataset_config_name None
task_name None
train_file None
validation_file None
test_file None
text_column_name None
label_column_name None
overwrite_cache False
validation_split_percentage 5
max_seq_length None
preprocessing_num_workers None
mlm_probability 0.15
line_by_line False
pad_to_max_length False
max_train_samples None
max_eval_samples None
max_predict_samples None
streaming False
version_2_with_negative False
null_score_diff_threshold 0.0
doc_stride 128
n_best_size 20
max_answer_length 30
label_all_tokens False
return_entity_level_metrics False
"""

# Of older versions, which many commands on the web still have.
OLDER = """
overwrite_output_dir False
evaluation_strategy no
warmup_ratio 0.0
logging_dir None
no_cuda False
use_mps_device False
use_auth_token False
group_by_length False
save_safetensors True
adafactor False
fp16_opt_level O1
fp16_backend auto
half_precision_backend auto
jit_mode_eval False
torchdynamo None
tpu_num_cores None
include_inputs_for_metrics False
include_tokens_per_second False
"""

folder = pathlib.Path(__file__).parent
flags = {}
for field in dataclasses.fields(TrainingArguments):
    default = field.default
    if default is dataclasses.MISSING:
        default = field.default_factory() if field.default_factory is not dataclasses.MISSING else None
    flags[field.name] = getattr(default, "value", default)
for line in (SCRIPTS + OLDER).split("\n"):
    if line:
        name, value = line.split()
        flags.setdefault(name, value)
lines = "".join(f"{name}\t{value}\n" for name, value in sorted(flags.items()))
folder.joinpath("transformers_flags.txt").write_text(f"# Written by make_flags.py: a flag and its default.\n{lines}")

arguments = json.loads(TrainingArguments(output_dir="out").to_json_string())
for machine in ("logging_dir", "run_name", "output_dir"):
    arguments.pop(machine, None)
folder.joinpath("training_arguments.json").write_text(json.dumps(arguments, indent=2) + "\n")
