"""BERT, trained and run on the computer people already have.

    import mini_bert
    model = mini_bert.load("models/mini-bert-zh")
    model.fill_mask("三国人物诸葛[MASK]")[0]["token_str"]
"""

from mini_bert._idle_threads import sleeping_soon

with sleeping_soon():
    from mini_bert import _core
from mini_bert._model import Model, load
from mini_bert._tokenizer import Encoding, Tokenizer

__version__: str = _core.version
__all__ = ["Encoding", "Model", "Tokenizer", "load", "set_num_threads"]


def set_num_threads(threads: int) -> None:
    """How many threads compute. At first it is one for each processor."""
    _core.set_num_threads(threads)
