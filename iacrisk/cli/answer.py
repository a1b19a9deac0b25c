"""How a run answers its host: exit codes, and what is said where nothing could be judged."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from iacrisk.cli.output import emit
from iacrisk.errors import IacriskError, InputError, SettingsError
from iacrisk.patterns import regex
from iacrisk.report.plain import plain

INTERNAL_ERROR: Final = 1
COULD_NOT_REVIEW: Final = 2
_CODES: Final = range(1, 5)
_PAIR = regex(r"([0-9]+)=([0-9]+)\Z", re.ASCII)


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """An exception in words for the user, and the exit code that says so."""

    problem: str
    remedy: str = ""
    exit_code: int = COULD_NOT_REVIEW

    @property
    def text(self) -> str:
        """Both, on lines of their own."""
        return f"{self.problem}\n{self.remedy}" if self.remedy else self.problem


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the exit code tells the host.

    `is_atlantis`: Atlantis reads the verdict from standard output and drops it where the exit
    code is not 0, so everything is said there.
    """

    soft: bool = False
    mapped: Mapping[int, int] = {}
    is_atlantis: bool = False

    def code(self, meant: int) -> int:
        """The exit code for what iacrisk means by `meant`."""
        return 0 if self.soft or self.is_atlantis else self.mapped.get(meant, meant)

    def tell(self, failure: Failure) -> None:
        """Say that nothing could be judged."""
        if self.is_atlantis:
            from iacrisk.report.atlantis import render_fault  # noqa: PLC0415 - rarely wanted
            from iacrisk.report.batch import Fault  # noqa: PLC0415 - the same

            emit(render_fault(Fault(problem=failure.problem, remedy=failure.remedy), self.soft))
            return
        emit_lines(f"iacrisk: {failure.text}")


class Answered(SystemExit):
    """Leaves with a code that an answer settled."""


def make_answer(exit_map: str, *, soft: bool, is_atlantis: bool) -> Answer:
    """The answer that the options ask for; raises SettingsError."""
    return Answer(soft=soft, mapped=_parse_map(exit_map), is_atlantis=is_atlantis)


def guarded(answer: Answer, work: Callable[[], int]) -> int:
    """The exit code of `work`; what it raises is told and becomes one."""
    try:
        meant = work()
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - a front door: never pass, never show a value
        failure = failure_of(error)
        answer.tell(failure)
        meant = failure.exit_code
    if answer.soft and not answer.is_atlantis:  # whatever the format, and where it has no room
        emit_lines(f"iacrisk: soft run (--soft): exit code 0 in place of {meant}.")
    return answer.code(meant)


def failure_of(error: Exception) -> Failure:
    """What the user is told of an exception."""
    match error:
        case InputError():
            return Failure(problem=error.problem, remedy=error.remedy)
        case IacriskError():
            return Failure(problem=str(error))
        case RecursionError():
            return Failure(problem="The plan is nested too deeply to be judged.")
        case _:
            name = type(error).__name__
            return Failure(
                problem=f"iacrisk failed ({name}). This is a bug; the plan was not judged.",
                exit_code=INTERNAL_ERROR,
            )


def emit_lines(text: str) -> None:
    """Print lines on standard error, each made plain."""
    emit("\n".join(map(plain, text.split("\n"))) + "\n", to_stderr=True)


def asks_for_atlantis() -> bool:
    """Whether Atlantis reads the output of a command line that may be beyond understanding."""
    words = sys.argv[1:]
    is_printed = not any(word.startswith("--output") for word in words)
    return is_printed and ("atlantis" in words or "--format=atlantis" in words)


def _parse_map(text: str) -> dict[int, int]:
    mapped: dict[int, int] = {}
    for part in filter(None, text.split(",")):
        pair = _PAIR.match(part.strip())
        meant, wanted = (int(pair[1]), int(pair[2])) if pair else (0, -1)
        if meant not in _CODES or not 0 <= wanted <= 255 or meant in mapped:
            raise SettingsError(
                f"--exit-map takes pairs such as 3=0,4=1, of the codes 1 to 4; {part!r} is none."
            )
        if wanted == 0 and meant in {INTERNAL_ERROR, COULD_NOT_REVIEW}:
            raise SettingsError(
                f"--exit-map cannot make {meant} a 0: what was not reviewed does not pass."
            )
        mapped[meant] = wanted
    return mapped
