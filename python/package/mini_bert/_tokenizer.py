"""Text to tokens and back."""

from __future__ import annotations

import os
from typing import List, NamedTuple, Optional, Sequence, Tuple, Union

from mini_bert import _core
from mini_bert._find import find_model


class Encoding(NamedTuple):
    """A text as the model reads it. All lists have one entry for each token.

    ``offsets`` count characters of the text that the token is part of. ``word_ids`` are None for added tokens.
    """

    ids: List[int]
    type_ids: List[int]
    tokens: List[str]
    offsets: List[Tuple[int, int]]
    word_ids: List[Optional[int]]
    special_tokens_mask: List[int]


class Tokenizer:
    """The tokenizer of a model: ``Tokenizer(folder_or_name)``, or ``model.tokenizer``."""

    def __init__(self, model: Union[str, "os.PathLike[str]"]) -> None:
        self._tokenizer = _core.Tokenizer.from_directory(find_model(model))

    @classmethod
    def _of(cls, tokenizer: _core.Tokenizer) -> "Tokenizer":
        made = cls.__new__(cls)
        made._tokenizer = tokenizer
        return made

    def __len__(self) -> int:
        return self._tokenizer.size

    def encode(
        self, text: str, pair: Optional[str] = None, *, add_special_tokens: bool = True, max_length: Optional[int] = None
    ) -> Encoding:
        """Encodes a text or a pair. With ``max_length``, the longer text is cut until both fit."""
        return Encoding(**self._tokenizer.encode(text, pair, add_special_tokens, max_length or 0))

    def tokenize(self, text: str) -> List[str]:
        return self.encode(text, add_special_tokens=False).tokens

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = True) -> str:
        return self._tokenizer.decode(list(ids), skip_special_tokens)

    def token_to_id(self, token: str) -> Optional[int]:
        return self._tokenizer.token_to_id(token)

    def id_to_token(self, id: int) -> Optional[str]:
        return self._tokenizer.id_to_token(id)

    @property
    def mask_token(self) -> str:
        return self._tokenizer.id_to_token(self._tokenizer.mask_id) or "[MASK]"
