"""Methods that DictDB's tables do not have. Their names may be fields of a program's records: so they are fields, too."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from dictdb.core.field import Field

if TYPE_CHECKING:
    from dictdb.core.table import Table

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


class ExtraMethod(Field, Generic[P, R]):
    """A method of one table, which is called, and the field of that name, which is compared: `users.query()`, `users.query == 5`."""

    __slots__ = ("_function", "_owner")

    def __init__(self, table: "Table | None", name: str, function: Callable[Concatenate[Any, P], R]) -> None:
        super().__init__(table, name)
        self._owner = table
        self._function = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._function(self._owner, *args, **kwargs)


class extra(Generic[T, P, R]):  # noqa: N801 - a decorator
    """Makes a method of a table an `ExtraMethod`."""

    def __init__(self, function: Callable[Concatenate[T, P], R]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, table: None, owner: type) -> "Callable[Concatenate[T, P], R]": ...

    @overload
    def __get__(self, table: object, owner: type) -> ExtraMethod[P, R]: ...

    def __get__(self, table: Any, owner: type) -> Any:
        return self.function if table is None else ExtraMethod(table, self.name, self.function)
