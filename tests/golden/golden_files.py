"""How the golden files are written: decimals that lose nothing, JSON with readable differences, tokenizer files."""

import json
import platform
from pathlib import Path

import numpy as np
import safetensors
import tokenizers
import torch
import transformers
from transformers import BertTokenizerFast


def versions() -> dict:
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
        "safetensors": safetensors.__version__,
        "numpy": np.__version__,
    }


def float32s(tensor: torch.Tensor):
    """Nested lists whose JSON text is the shortest decimal that reads back as the same float."""

    def decimals(values):
        return [decimals(v) if v.ndim else float(str(v)) for v in values]

    return decimals(tensor.detach().to(torch.float32).numpy())


def write_json(path: Path, fields: dict) -> None:
    """One top-level field a line, and one line for each row of a list: small files, readable differences."""

    def block(value) -> str:
        compact = lambda v: json.dumps(v, ensure_ascii=False, separators=(",", ":"))
        if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
            return "[\n" + ",\n".join(compact(v) for v in value) + "\n]"
        if isinstance(value, dict) and any(isinstance(v, (dict, list)) for v in value.values()):
            return "{\n" + ",\n".join(f"{json.dumps(k)}:{compact(v)}" for k, v in value.items()) + "\n}"
        return compact(value)

    lines = [f"{json.dumps(key)}: {block(value)}" for key, value in fields.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def write_tokenizer(folder: Path, vocabulary: list, lower_case: bool) -> BertTokenizerFast:
    (folder / "vocab.txt").write_text("".join(token + "\n" for token in vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(
        vocab={token: index for index, token in enumerate(vocabulary)}, do_lower_case=lower_case, model_max_length=40
    )
    tokenizer.save_pretrained(folder)
    return tokenizer
