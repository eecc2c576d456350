"""Models: load, ask, train, save."""

from __future__ import annotations

import math
import os
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union, overload

import numpy as np
import numpy.typing as npt

from mini_bert._data import Data, checked, data_of, path_of
from mini_bert._engine import Engine
from mini_bert._find import find_model
from mini_bert._results import Answer, Entity, FilledBlanks, Label, Step, TextScore, Training
from mini_bert._tokenizer import Tokenizer

Path = Union[str, "os.PathLike[str]"]
TextOrPair = Union[str, Tuple[str, str], Mapping[str, str]]


def load(model: Path) -> "Model":
    """Loads a model: a folder, or a name at huggingface.co such as ``google-bert/bert-base-chinese``.

    ``mini-bert-zh`` comes with the package. Another name is looked for in the Hugging Face cache. If it is not there,
    huggingface_hub downloads it, where that package is installed.
    """
    path = find_model(model)
    try:
        return Model(Engine(path))
    except ValueError as error:
        if "no such model folder" not in str(error):
            raise
        line = f"{path}: no such model folder, nor in the Hugging Face cache; pip install huggingface_hub to download it"
        raise FileNotFoundError(line) from error


def _pair_of(text: TextOrPair) -> Tuple[str, str]:
    if isinstance(text, Mapping):
        return (checked(text["text"]), checked(text.get("text_pair", "")))
    if isinstance(text, tuple):
        return (checked(text[0]), checked(text[1]))
    return (checked(text), "")


class Model:
    """A model and its tokenizer. ``mini_bert.load`` makes one.

    Answers have the form of transformers' pipelines. A text gives one result, a list of texts gives a list of results.
    Mistakes in arguments and files are ValueError; what the operating system refuses is OSError. Threads may share a
    model: calls wait for each other.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_training = False

    def __repr__(self) -> str:
        return f"<mini_bert.Model {self.architecture}, {self.parameter_count:,} parameters>"

    @property
    def architecture(self) -> str:
        """What the model was made for, as in config.json: ``BertForMaskedLM``."""
        return self._fact("architecture")

    @property
    def config(self) -> Dict[str, Any]:
        """The content of config.json."""
        return self._fact("config")

    @property
    def labels(self) -> List[str]:
        """The labels of a model that classifies or tags."""
        return self._fact("labels")

    @property
    def parameter_count(self) -> int:
        return self._fact("parameters")

    @property
    def notes(self) -> List[str]:
        """What is unusual about the model's files."""
        return self._fact("notes")

    @property
    def tokenizer(self) -> Tokenizer:
        return Tokenizer._of(self._engine.tokenizer)

    def _fact(self, name: str) -> Any:
        return self._engine.call("describe")[name]

    @overload
    def fill_mask(self, text: str, top_k: int = 5, *, targets: Sequence[str] = ()) -> List[Any]: ...
    @overload
    def fill_mask(self, text: List[str], top_k: int = 5, *, targets: Sequence[str] = ()) -> List[List[Any]]: ...
    def fill_mask(self, text: Any, top_k: int = 5, *, targets: Sequence[str] = ()) -> Any:
        """The most probable tokens for the [MASK] of a text, best first. A text with several gives one list for each.

        With ``targets``, only these tokens are answers.
        """
        if not isinstance(text, str):
            return [self.fill_mask(one, top_k, targets=targets) for one in text]
        blanks = self._engine.call("fill_mask", text=checked(text), top_k=top_k, targets=list(targets))
        return blanks[0] if len(blanks) == 1 else blanks

    def fill_jointly(self, text: str, top_k: int = 5, *, beam: int = 8, max_blank_length: int = 4) -> List[FilledBlanks]:
        """The best ways to fill all blanks of a text together. ``[MASK]*`` is a blank of unknown length."""
        options = {"top_k": top_k, "beam": beam, "max_blank_length": max_blank_length}
        return self._engine.call("fill_jointly", text=checked(text), **options)

    def embed(
        self,
        texts: Union[str, Sequence[str]],
        *,
        pooling: Optional[str] = None,
        normalize: bool = False,
        prompt_name: Optional[str] = None,
    ) -> npt.NDArray[np.float32]:
        """The vectors of texts, float32 [texts, numbers]; of a single text, [numbers].

        ``pooling`` is ``mean``, ``cls`` or ``pooler``. Without it, the model's modules.json decides, and without that
        file the vector is the mean over all tokens. ``normalize`` scales vectors to length 1.
        """
        single = isinstance(texts, str)
        every = [checked(text) for text in ([texts] if isinstance(texts, str) else texts)]
        options = {"pooling": pooling, "normalize": normalize, "prompt_name": prompt_name}
        vectors = self._engine.call("embed", texts=every, **options)
        return vectors[0] if single else vectors

    def classify(self, texts: Union[TextOrPair, List[TextOrPair]], top_k: Optional[int] = 1) -> Any:
        """The labels of a text, best first: the best ``top_k``, or all with None.

        A pair is a tuple or ``{"text": …, "text_pair": …}``. As in transformers, a list of texts with ``top_k=1``
        gives one label for each text, without a list around it.
        """
        single = not isinstance(texts, list)
        pairs = [_pair_of(text) for text in (texts if isinstance(texts, list) else [texts])]
        results: List[List[Label]] = [labels[:top_k] for labels in self._engine.call("classify", texts=pairs)]
        if single:
            return results[0]
        return [labels[0] for labels in results] if top_k == 1 else results

    @overload
    def tag(self, texts: str, *, aggregation_strategy: str = "simple") -> List[Entity]: ...
    @overload
    def tag(self, texts: List[str], *, aggregation_strategy: str = "simple") -> List[List[Entity]]: ...
    def tag(self, texts: Any, *, aggregation_strategy: str = "simple") -> Any:
        """The entities of a text. Strategies are those of transformers: none, simple, first, average, max."""
        if isinstance(texts, str):
            return self.tag([texts], aggregation_strategy=aggregation_strategy)[0]
        every = [checked(text) for text in texts]
        return self._engine.call("tag", texts=every, aggregation_strategy=aggregation_strategy)

    def answer(
        self,
        question: str,
        context: str,
        *,
        top_k: int = 1,
        doc_stride: int = 128,
        max_answer_len: int = 30,
        handle_impossible_answer: bool = False,
    ) -> Union[Answer, List[Answer]]:
        """The part of ``context`` that answers ``question``; with ``top_k`` above 1, a list, best first.

        With ``handle_impossible_answer``, the answer may be "": the context has none.
        """
        answers = self._engine.call(
            "answer",
            question=checked(question),
            context=checked(context),
            top_k=top_k,
            doc_stride=doc_stride,
            max_answer_len=max_answer_len,
            handle_impossible_answer=handle_impossible_answer,
        )
        return answers[0] if top_k == 1 else answers

    def choose(self, choices: Sequence[str], *, context: str = "", question: str = "") -> List[Label]:
        """Which of several answers, or ends of a sentence, is right: all with their probabilities, best first."""
        every = [checked(choice) for choice in choices]
        return self._engine.call("choose", choices=every, context=checked(context), question=checked(question))

    @overload
    def score(self, texts: str) -> TextScore: ...
    @overload
    def score(self, texts: List[str]) -> List[TextScore]: ...
    def score(self, texts: Any) -> Any:
        """How probable a text is for a masked language model (its pseudo-log-likelihood)."""
        if isinstance(texts, str):
            return self.score([texts])[0]
        results = self._engine.call("score", texts=[checked(text) for text in texts])
        for result in results:
            if result["perplexity"] is None:  # JSON has no infinity
                result["perplexity"] = math.inf
        return results

    def train(
        self,
        data: Data,
        task: str = "mlm",
        *,
        validation: Optional[Data] = None,
        on_step: Optional[Callable[[Step], Optional[bool]]] = None,
        epochs: float = 3,
        learning_rate: float = 5e-5,
        batch_size: int = 8,
        batch_tokens: Optional[int] = None,
        **arguments: Any,
    ) -> Training:
        """Trains the model, starting from its present weights. Saves nothing; ``save`` does.

        ``data`` are texts, rows (dictionaries with named columns, or a table of pandas), or paths of files: the same
        columns and formats as mini_bert_train. ``task`` is mlm, classify, tag, answer, choose or pretrain. For another
        task than before, the head begins anew.

        ``on_step`` is called after every update; it may ask the model, and False stops the training. Ctrl-C stops it
        after the update with KeyboardInterrupt. In both cases the model keeps what it has learned so far.

        Further arguments, with the names and defaults of mini_bert_train: accumulation_steps, add_words, anchor,
        class_weights, doc_stride, early_stopping_patience, eval_steps, freeze_embeddings, freeze_layers,
        gradient_checkpointing, guard, label_column, layer_decay, logging_steps, mask_probability, mask_words,
        max_grad_norm, max_length, max_steps, ngram, pack, pair_column, precision, probes, problem_type, schedule, seed,
        text_column, validation_split, warmup_ratio, warmup_steps, weight_decay, whole_words.
        """
        arguments.update(
            task=task, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size, batch_tokens=batch_tokens
        )
        options = {
            "data": data_of(data, "the training data"),
            "validation": data_of(validation, "the validation data"),
            "arguments": arguments,
        }
        with self._engine.busy:
            if self._is_training:
                raise ValueError("this model is being trained already")
            self._is_training = True
            try:
                self._engine.call("start_training", **options)
                return self._updates(on_step)
            finally:
                self._engine.call("abandon_training")  # one that Ctrl-C or an error has ended
                self._is_training = False

    def _updates(self, on_step: Optional[Callable[[Step], Optional[bool]]]) -> Training:
        more = True
        while more:
            step = self._engine.call("advance")
            more = step.pop("more")
            step.pop("probes", None)  # the report has them
            if on_step is not None and on_step(step) is False:
                break
        return self._engine.call("end_training")

    def save(self, folder: Path, *, save_type: str = "f32") -> None:
        """Writes a folder that mini_bert, transformers and other BERT programs load. Types: f32, f16, bf16."""
        self._engine.call("save", folder=path_of(folder), save_type=save_type)
