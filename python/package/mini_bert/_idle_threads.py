"""Lets threads that wait sleep soon."""

import os
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def sleeping_soon() -> Iterator[None]:
    """GNU's OpenMP library lets waiting threads spin for long, and reads another number only while it is loaded.

    Sets that number during an import, unless the user has said how threads should wait.
    """
    decided = any(name in os.environ for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"))
    if not decided:
        os.environ["GOMP_SPINCOUNT"] = "1000"
    try:
        yield
    finally:
        if not decided:
            del os.environ["GOMP_SPINCOUNT"]
