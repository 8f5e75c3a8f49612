"""The extension module of native/speedups: what is called most often."""

from collections.abc import Callable
from typing import Any

class Method:
    def __new__(cls, function: Callable[..., Any]) -> Any: ...

def loads(text: bytes, /) -> Any: ...
def setup(
    *,
    table: type,
    query: type,
    field: type,
    test: type,
    equal: object,
    queries: dict[Any, Any],
    log: dict[str, Any],
    dumps: Callable[[Any], bytes],
    orjson: tuple[Callable[[Any, None, int], bytes], int] | None,
    standard: bool,
    failure: Callable[[int, int], Exception],
) -> None: ...
