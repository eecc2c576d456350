"""Where a model is: a folder, what comes with the package, the Hugging Face cache, or the hub."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Union

# What load() reads. Weights are downloaded in one form only.
_FILES = ["*.json", "*.txt", "*/config.json"]
_WEIGHTS = ["model.safetensors", "model-*.safetensors", "pytorch_model.bin", "pytorch_model-*.bin"]

# The model of the demo. The programs look there too.
_SHIPPED = Path(__file__).parents[1] / "mini_bert_programs" / "share" / "mini_bert" / "models"


def find_model(model: Union[str, "os.PathLike[str]"]) -> str:
    name = os.fspath(model)
    if os.path.isdir(name):
        return name
    shipped = _SHIPPED / re.sub("^models/", "", name)
    if shipped.parent == _SHIPPED and (shipped / "config.json").is_file():
        return str(shipped)
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name) or name.startswith("."):
        raise FileNotFoundError(f"{name}: no such model folder")
    try:
        from huggingface_hub import HfApi, snapshot_download  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return name  # perhaps another program has brought it into the cache
    try:
        return str(snapshot_download(name, allow_patterns=_FILES + _WEIGHTS[:2], local_files_only=True))
    except OSError:
        pass
    try:
        files = {file.rfilename for file in HfApi().model_info(name).siblings or []}
        weights = _WEIGHTS[:2] if any(f.endswith(".safetensors") for f in files) else _WEIGHTS[2:]
        return str(snapshot_download(name, allow_patterns=_FILES + weights))
    except OSError as error:
        line = str(error).strip().splitlines()[0]
        raise OSError(f"{name}: no such model folder, and it cannot be downloaded: {line}") from error
