"""Data for training: files, or texts and rows in memory. Both go through the same readers."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

Path = Union[str, "os.PathLike[str]"]
Row = Union[str, Mapping[str, Any]]
Data = Union[Path, Iterable[Path], Iterable[Row]]

_EXTENSIONS = (".txt", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".conll", ".bio", ".bmes", ".conllu")


def checked(text: Any) -> str:
    """The text, if it is one that can be written as UTF-8."""
    if not isinstance(text, str):
        raise TypeError(f"a text is of type {type(text).__name__}, expected str")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"character {error.start} of a text is half of a surrogate pair, which is no text") from None
    return text


def path_of(path: Union[Path, bytes]) -> str:
    return checked(os.fsdecode(path))


def _plain(value: Any) -> Any:
    """A number or an array of numpy and the like as Python's own; a path as text."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    for name in ("item", "tolist"):
        if hasattr(value, name):
            try:
                return getattr(value, name)()
            except (TypeError, ValueError):
                continue
    raise ValueError(f"{value!r} is no text, number or list")


def json_of(value: Any) -> str:
    return checked(json.dumps(value, ensure_ascii=False, default=_plain))


def _is_file(value: Any) -> bool:
    return isinstance(value, os.PathLike) or (
        isinstance(value, str) and value.lower().endswith(_EXTENSIONS) and os.path.exists(value)
    )


def data_of(data: Optional[Data], name: str) -> Optional[Dict[str, Any]]:
    """What the engine takes: paths, or a text in memory, whose line N is the Nth row. ``name`` is for messages."""
    if data is None:
        return None
    if _is_file(data):
        return {"files": [path_of(data)]}  # type: ignore[arg-type, unused-ignore]
    if isinstance(data, str):
        raise ValueError(f"{name} is the text {data!r}; expected a list of texts or rows, or the path of a file")
    if hasattr(data, "to_dict") and hasattr(data, "columns"):  # a table of pandas
        data = data.to_dict("records")
    rows: List[Any] = list(data)  # type: ignore[arg-type, unused-ignore]
    if rows and all(_is_file(row) for row in rows):
        return {"files": [path_of(row) for row in rows]}
    lines = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, (str, Mapping)):
            raise ValueError(f"{name}: row {number} is {type(row).__name__}, expected a text or a dictionary")
        lines.append(json_of(row if isinstance(row, str) else dict(row)))
    return {"name": name, "extension": ".jsonl", "text": "\n".join(lines)}
