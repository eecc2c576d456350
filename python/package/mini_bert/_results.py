"""The forms of answers. They are plain dictionaries with the keys of transformers' pipelines."""

from __future__ import annotations

from typing import List, TypedDict


class FilledMask(TypedDict):
    """One token for one [MASK]."""

    score: float
    token: int
    token_str: str
    sequence: str


class FilledBlanks(TypedDict):
    """One way to fill all blanks of a text together."""

    score: float
    log_probability: float
    tokens: List[int]
    token_strs: List[str]
    sequence: str


class Label(TypedDict):
    label: str
    score: float


class _Place(TypedDict):
    score: float
    word: str
    start: int
    end: int


class Entity(_Place, total=False):
    """``entity_group`` is the type of an entity. With ``aggregation_strategy="none"``, ``entity`` is the label of a
    token and ``index`` its place. ``start`` and ``end`` count characters of the text."""

    entity_group: str
    entity: str
    index: int


class Answer(TypedDict):
    """``start`` and ``end`` count characters of the context."""

    score: float
    start: int
    end: int
    answer: str


class TextScore(TypedDict):
    """``score`` is the sum of ``token_scores``: the log probability of each token, given all others."""

    score: float
    perplexity: float
    tokens: List[str]
    token_scores: List[float]


class Step(TypedDict):
    """One update of a training. ``step`` counts from 1, ``tokens`` is how many the update read."""

    step: int
    total_steps: int
    epoch: float
    loss: float
    grad_norm: float
    learning_rate: float
    tokens: int


class _Row(TypedDict):
    step: int
    epoch: float
    loss: float


class TrainingRow(_Row):
    grad_norm: float
    learning_rate: float


class ProbeAnswer(TypedDict):
    token_str: str
    score: float


class _Probe(TypedDict):
    step: int
    text: str
    answers: List[ProbeAnswer]


class Probe(_Probe, total=False):
    """What the model answered to a probe after ``step`` updates, best answer first. ``expected`` is the right answer,
    where the probe says it."""

    expected: str


class LostAnswer(TypedDict):
    """A right answer that is no longer the first: its ``rank`` now."""

    text: str
    rank: int


class Guard(TypedDict):
    """Of ``count`` blanks of the guard, how many were right at once ``before`` and ``after`` the training."""

    count: int
    before: int
    after: int
    lost: List[LostAnswer]


class _Training(TypedDict):
    ending: str
    step: int
    total_steps: int
    epoch: float
    training: List[TrainingRow]
    evaluations: List[_Row]
    probes: List[Probe]
    notes: List[str]


class Training(_Training, total=False):
    """``ending`` is ``completed``, ``stopped_early`` or ``interrupted``. Rows of ``evaluations`` also hold the metrics of
    the task, such as ``accuracy``. ``guard`` is there if the training had one."""

    guard: Guard
