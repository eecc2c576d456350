"""BERT, trained and run on the computer people already have.

    import mini_bert
    model = mini_bert.load("models/mini-bert-zh")
    model.fill_mask("三国人物诸葛[MASK]")[0]["token_str"]
"""

from mini_bert import _core
from mini_bert._model import Model, load

__version__: str = _core.version
__all__ = ["Model", "load"]
