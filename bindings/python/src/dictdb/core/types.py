"""Types of records and schemas, and the names that schemas have in files."""

from typing import Any, Final

Record = dict[str, Any]
"""A record: a dict with str keys whose values JSON can express."""

Key = int | str
"""A primary key."""

Schema = dict[str, type[Any]]
"""Names of fields and their types: int, str, float, bool, list or dict."""

_TYPES: Final[dict[str, type[Any]]] = {"int": int, "str": str, "float": float, "bool": bool, "list": list, "dict": dict}


def parse_schema_type(type_name: str) -> type[Any]:
    """The type that has the name; ValueError if there is none."""
    try:
        return _TYPES[type_name]
    except KeyError:
        raise ValueError(f"no type of a schema is called {type_name!r}: there are {', '.join(_TYPES)}") from None


def serialize_schema_type(typ: type[Any]) -> str:
    """The name of the type; ValueError if schemas cannot have it."""
    name = getattr(typ, "__name__", "")
    if _TYPES.get(name) is not typ:
        raise ValueError(f"no field of a schema can be of the type {typ!r}: there are {', '.join(_TYPES)}")
    return str(name)
