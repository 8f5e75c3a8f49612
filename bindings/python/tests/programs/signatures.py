"""Prints the public names of the package, and what each takes, as JSON. Runs with either package."""

import importlib
import inspect
import json
from typing import Any

MODULES = {
    "dictdb": None,
    "dictdb.core.condition": ["PredicateExpr", "Condition"],
    "dictdb.core.field": ["Field"],
    "dictdb.core.rwlock": ["RWLock"],
    "dictdb.core.table": ["Table"],
    "dictdb.core.types": ["parse_schema_type", "serialize_schema_type"],
    "dictdb.exceptions": None,
    "dictdb.obs": ["logger", "configure_logging"],
    "dictdb.obs.logging": ["SampleDebugFilter"],
    "dictdb.query.aggregate": ["Agg", "Avg", "Count", "Max", "Min", "Sum"],
    "dictdb.storage.backup": ["BackupManager"],
    "dictdb.storage.database": ["DictDB"],
    "dictdb.storage.persist": ["apply_delta", "has_changes", "load", "save", "save_delta"],
}


def parameters(thing: Any) -> list[list[Any]] | None:
    """Name, kind and default of each parameter; None if it is not called."""
    if not callable(thing):
        return None
    return [
        [one.name, one.kind.name, None if one.default is one.empty else repr(one.default)]
        for one in inspect.signature(thing).parameters.values()
    ]


def describe(thing: Any) -> dict[str, Any]:
    """What one public name is."""
    if not inspect.isclass(thing):
        kind = type(thing)
        if inspect.isfunction(thing):
            return {"parameters": parameters(thing)}
        found = members(kind)
        # Nobody makes another logger.
        found["members"].pop("__init__", None)
        return found
    if issubclass(thing, Exception):
        return {"bases": [base.__name__ for base in thing.__mro__]}
    return members(thing)


def members(kind: type) -> dict[str, Any]:
    """The public methods and properties of a class."""
    found: dict[str, Any] = {}
    for name in dir(kind):
        if name.startswith("_") and name not in ("__init__", "__len__", "__call__", "__and__", "__or__", "__invert__", "__eq__", "__lt__"):
            continue
        member = inspect.getattr_static(kind, name)
        if name in vars(object) and member is vars(object)[name]:
            continue
        if isinstance(member, property):
            found[name] = "property"
        elif isinstance(member, (staticmethod, classmethod)):
            found[name] = parameters(member.__func__)
        elif inspect.isfunction(inspect.unwrap(member)):
            found[name] = parameters(member)
    return {"members": found}


def main() -> None:
    """Prints it."""
    found = {}
    for module, names in MODULES.items():
        loaded = importlib.import_module(module)
        public = names or [name for name in getattr(loaded, "__all__", vars(loaded)) if not name.startswith("_")]
        found[module] = {name: describe(getattr(loaded, name)) for name in public}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
