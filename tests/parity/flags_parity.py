"""Every flag of transformers' Trainer and of its scripts, as the installed version has them: mini_bert_train obeys it, or
says in one line why it does nothing here, or refuses it with a reason.

    python tests/parity/flags_parity.py --program build/release/bin/mini_bert_train

The fields of TrainingArguments are read live; those of the scripts' own classes stand below, because the scripts are not
part of the package. Every flag is given to the program with --check, once with a value that is not its default, once
with its default. What the program did is compared with the table in docs/compatibility.md.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import re
import subprocess
import sys
import tempfile
import typing
from pathlib import Path

from parity_testing import SMALL, SPECIALS, write_lines

ROOT = Path(__file__).resolve().parents[2]

# ModelArguments and DataTrainingArguments of run_mlm.py, run_glue.py, run_ner.py and run_qa.py: a name, its type and its
# default.
SCRIPTS = {
    "model_name_or_path": (str, None),
    "model_type": (str, None),
    "config_overrides": (str, None),
    "config_name": (str, None),
    "tokenizer_name": (str, None),
    "cache_dir": (str, None),
    "use_fast_tokenizer": (bool, True),
    "model_revision": (str, "main"),
    "token": (str, None),
    "trust_remote_code": (bool, False),
    "dtype": (str, None),
    "low_cpu_mem_usage": (bool, False),
    "ignore_mismatched_sizes": (bool, False),
    "dataset_name": (str, None),
    "dataset_config_name": (str, None),
    "task_name": (str, None),
    "train_file": (str, None),
    "validation_file": (str, None),
    "test_file": (str, None),
    "text_column_name": (str, None),
    "label_column_name": (str, None),
    "overwrite_cache": (bool, False),
    "validation_split_percentage": (int, 5),
    "max_seq_length": (int, None),
    "preprocessing_num_workers": (int, None),
    "mlm_probability": (float, 0.15),
    "line_by_line": (bool, False),
    "pad_to_max_length": (bool, False),
    "max_train_samples": (int, None),
    "max_eval_samples": (int, None),
    "max_predict_samples": (int, None),
    "streaming": (bool, False),
    "version_2_with_negative": (bool, False),
    "null_score_diff_threshold": (float, 0.0),
    "doc_stride": (int, 128),
    "n_best_size": (int, 20),
    "max_answer_length": (int, 30),
    "label_all_tokens": (bool, False),
    "return_entity_level_metrics": (bool, False),
}

# Values for flags of which not every value is allowed.
VALUES = {
    "output_dir": "out",
    "model_name_or_path": "model",
    "train_file": "t.txt",
    "validation_file": "t.txt",
    "lr_scheduler_type": "cosine",
    "lr_scheduler_kwargs": "{}",
    "logging_strategy": "epoch",
    "eval_strategy": "epoch",
    "save_strategy": "epoch",
    "text_column_name": "text",
    "metric_for_best_model": "loss",
    "mlm_probability": "0.2",
    "validation_split_percentage": "50",
    "resume_from_checkpoint": "False",  # a checkpoint would have to exist
    "max_seq_length": "12",
    "warmup_steps": "1",
}
# What other flags need; a value for one of the program's own refusals that name a flag.
COMPANIONS = {
    "load_best_model_at_end": ["--validation_file", "t.txt"],
    "metric_for_best_model": ["--validation_file", "t.txt"],
    "greater_is_better": ["--validation_file", "t.txt"],
}
# Obeyed only with another task, or in place of --model: the program names the flag in a sentence of its own.
OTHER_RUNS = {"doc_stride", "label_column_name", "config_name", "tokenizer_name", "line_by_line"}


def flags() -> dict:
    """Name → (type, default)."""
    from transformers import TrainingArguments

    found = dict(SCRIPTS)
    hints = typing.get_type_hints(TrainingArguments)
    for field in dataclasses.fields(TrainingArguments):
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        kinds = [*typing.get_args(hints[field.name]), hints[field.name]]
        kind = next((k for k in (bool, int, float) if k in kinds), str)
        found[field.name] = (kind, None if default is dataclasses.MISSING else getattr(default, "value", default))
    return found


def other_value(name: str, kind: type, default) -> str:
    if name in VALUES:
        return VALUES[name]
    if kind is bool:
        return str(not default)
    if kind is float:
        return "0.5" if default != 0.5 else "0.25"
    return "7" if kind is int else "something"


def documented() -> dict:
    """Name → obeyed, idle or refused, of the table in docs/compatibility.md."""
    page = (ROOT / "docs/compatibility.md").read_text(encoding="utf-8")
    section = re.search(r"^## Flags of transformers' scripts\n(.*?)(?=^## |\Z)", page, re.S | re.M)[1]
    table = {}
    for treatment, names in re.findall(r"^\| (obeyed|idle|refused) \| (.*?) \|", section, re.M):
        table |= dict.fromkeys(re.findall(r"`(\w+)`", names), treatment)
    return table


class Runner:
    """Runs the program with --check on a small model."""

    def __init__(self, program: Path, folder: Path):
        self.program, self.folder = program.resolve(), folder
        model = folder / "model"
        model.mkdir()
        write_lines(model / "vocab.txt", [*SPECIALS, *"三国人物诸葛亮"])
        write_lines(folder / "t.txt", ["三国人物", "诸葛亮"])
        from transformers import BertConfig, BertForMaskedLM

        BertForMaskedLM(BertConfig(vocab_size=12, **SMALL)).save_pretrained(model)

    def __call__(self, name: str, *more: str) -> tuple:
        """Whether the program did its work, and what it said about the flag."""
        command = [self.program, "--check", "--json", "--threads", "1"]
        if name != "model_name_or_path":
            command += ["--model", "model"]
        if name != "train_file":
            command += ["--train", "t.txt"]
        result = subprocess.run([*command, *more], cwd=self.folder, capture_output=True, encoding="utf-8", timeout=60)
        return result.returncode == 0, result.stderr.strip().removeprefix("mini_bert_train: ")


def treatment_of(name: str, done: bool, said: str) -> str:
    """What the program did with a flag whose value is not the default."""
    lines = said.split("\n")
    if done and not said:
        return "obeyed"
    if done and len(lines) == 1 and re.fullmatch(rf"--{name} does nothing here: .{{10,}}", said):
        return "idle"
    if not done and len(lines) == 1 and re.fullmatch(rf"--{name} is not supported: .{{10,}}", said):
        return "refused"
    if not done and name in OTHER_RUNS and len(lines) == 1 and "unknown flag" not in said and said.startswith("--"):
        return "obeyed"
    return f"said {said!r} and {'went on' if done else 'ended'}"


def problem_of(run: Runner, name: str, kind: type, default, expected) -> str:
    more = COMPANIONS.get(name, [])
    found = treatment_of(name, *run(name, f"--{name}", other_value(name, kind, default), *more))
    if found != expected:
        return f"{name}: documented as {expected}, but the program {found}"
    # A dump of all arguments is full of defaults, so they must be accepted, in silence or with the line.
    if default is None or isinstance(default, (list, dict)) or name == "validation_split_percentage":
        return ""
    done, said = run(name, f"--{name}", str(default), *more)
    accepted = done and (not said or "does nothing here" in said)
    return "" if accepted or name in OTHER_RUNS else f"{name}: its default {default!r} is answered by {said!r}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    program = parser.parse_args().program
    table, found = documented(), flags()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        run = Runner(program, Path(folder))
        jobs = [pool.submit(problem_of, run, name, *found[name], table.get(name)) for name in sorted(found)]
        problems = [problem for problem in (job.result() for job in jobs) if problem]
    for problem in problems:
        print(problem)
    counts = {treatment: sum(table.get(name) == treatment for name in found) for treatment in set(table.values())}
    print(json.dumps({"flags": len(found), **counts, "problems": len(problems)}))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
