from collections.abc import Callable
from typing import Any


def each(*calls: Callable[..., Any]) -> tuple[Callable[..., Any], ...]:
    """Calls of different kinds, for a loop over them."""
    return calls
