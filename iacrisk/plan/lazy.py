"""Values that an object computes when somebody first asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - stands where functools.cached_property would
    """A method without arguments, asked once and then kept in the object's dictionary.

    `functools.cached_property` takes a lock on each first call before Python 3.12, which costs
    more than most of what a change computes.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        """Wrap the method that computes the value."""
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> T:
        """The value; later look-ups find it in the object and do not come here."""
        value = vars(instance)[self._name] = self._compute(instance)
        return value
