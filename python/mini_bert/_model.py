"""Models: load, ask, train, save."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Union, overload

import numpy as np

from mini_bert import _core
from mini_bert._data import Data, data_of
from mini_bert._find import find_model
from mini_bert._results import Answer, Choice, Entity, FilledBlanks, FilledMask, Label, Probe, Step, TextScore, Training
from mini_bert._tokenizer import Tokenizer

Path = Union[str, "os.PathLike[str]"]
TextOrPair = Union[str, Tuple[str, str], Mapping[str, str]]


def load(model: Path) -> "Model":
    """Loads a model: a folder, or a name at huggingface.co such as ``google-bert/bert-base-chinese``.

    A name is looked for in the Hugging Face cache. If it is not there, huggingface_hub downloads it, where that package
    is installed.
    """
    return Model(_core.Pipeline(find_model(model)))


class Model:
    """A model and its tokenizer. ``mini_bert.load`` makes one.

    Answers have the form of transformers' pipelines. A text gives one result, a list of texts gives a list of results.
    Errors in arguments and files are ValueError, and what the operating system refuses is OSError.
    """

    def __init__(self, pipeline: _core.Pipeline) -> None:
        self._pipeline = pipeline

    def __repr__(self) -> str:
        return f"<mini_bert.Model {self.architecture}, {self.parameter_count:,} parameters>"

    @property
    def architecture(self) -> str:
        """What the model was made for, as in config.json: ``BertForMaskedLM``."""
        return self._pipeline.architecture

    @property
    def config(self) -> Dict[str, Any]:
        """The content of config.json."""
        return _core.parse_json(self._pipeline.config_json)

    @property
    def labels(self) -> List[str]:
        """The labels of a model that classifies or tags."""
        return self._pipeline.labels

    @property
    def parameter_count(self) -> int:
        return self._pipeline.parameter_count

    @property
    def notes(self) -> List[str]:
        """What is unusual about the model's files."""
        return self._pipeline.notes

    @property
    def tokenizer(self) -> Tokenizer:
        return Tokenizer._of(self._pipeline.tokenizer)
