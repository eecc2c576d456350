"""The engine: one model, whose calls are texts of JSON. mini_bert/pipelines/json_pipeline.h lists the operations."""

from __future__ import annotations

import json
from threading import RLock
from typing import Any, List

import numpy as np
import numpy.typing as npt

from mini_bert import _core
from mini_bert._data import json_of


class Engine:
    def __init__(self, folder: str) -> None:
        self._pipeline = _core.Pipeline()
        self.busy = RLock()  # a training holds it, and its callback may call
        self.call("open", folder=folder)

    def call(self, operation: str, **options: Any) -> Any:
        """Runs an operation. Errors are ValueError and OSError with the engine's one line."""
        text = json_of(options)
        with self.busy:
            result, arrays = self._pipeline.call(operation, text)
        return _with_arrays(json.loads(result), arrays)

    @property
    def tokenizer(self) -> _core.Tokenizer:
        with self.busy:
            return self._pipeline.tokenizer


def _with_arrays(value: Any, arrays: List[npt.NDArray[np.float32]]) -> Any:
    """Replaces {"array": 3, "shape": …} by the array."""
    if not arrays:
        return value
    if isinstance(value, list):
        return [_with_arrays(inner, arrays) for inner in value]
    if isinstance(value, dict):
        if "array" in value:
            return arrays[value["array"]]
        return {key: _with_arrays(inner, arrays) for key, inner in value.items()}
    return value
