"""intents.toml: the documented example is valid, and misspelling is refused."""

import re
from pathlib import Path

import msgspec
import pytest

from iacrisk.training.case import Case, Edit
from iacrisk.training.intents import Intents, read_intents

LAB_PAGE = Path(__file__).parents[2] / "docs" / "lab.md"


def test_the_example_in_the_documentation_is_valid(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", LAB_PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    path = tmp_path / "intents.toml"
    path.write_text(example[1], encoding="utf-8")
    intents = read_intents(path)
    counts = {field: len(getattr(intents, field)) for field in Intents.__struct_fields__[1:]}
    assert min(counts.values()) >= 1, counts


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('summary = "x"\n[[flow]]\nport = 1', "flow"),
        ('summary = "x"\n[[used]]\ntarget = "bukket:x"', "bukket"),
        ('summary = "x"\n[[flows]]\nsource = "internet"\ntarget = "alb:x"\nport = 0', "port"),
        ('summary = "x"\n[[accesses]]\nprincipal="role:x"\naction="*"\nresource="*"', "action"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "intents.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(msgspec.ValidationError, match=fault):
        read_intents(path)


def test_a_case_has_a_readable_name() -> None:
    edit = Edit(operator="close-egress", family="network", site="main.tf:aws_security_group.app")
    case = Case(stack="webshop", edits=(edit, edit), seed=3)
    assert case.name == (
        "webshop: close-egress@main.tf:aws_security_group.app"
        " + close-egress@main.tf:aws_security_group.app #3"
    )
    assert Case(stack="webshop").name == "webshop: control #0"
