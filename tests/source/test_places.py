"""File and line of changes, from the configuration to every report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iacrisk.errors import SettingsError
from iacrisk.source import Place, locate
from tests.conftest import RunCli
from tests.plans import Json, delete, document, update

QUEUE = 'resource "aws_sqs_queue" "q" {\n}\n'


def files(root: Path, **texts: str) -> Path:
    """`root` with these `.tf` files; `__` in a name stands for a slash."""
    root.mkdir(exist_ok=True)
    for name, text in texts.items():
        path = root / (name.replace("__", "/") + ".tf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def shown(root: Path, *blocks: str) -> dict[str, str]:
    """The places of `blocks`, files seen from `root`."""
    places = locate(root, blocks).places
    return {
        block: f"{Path(place.file).relative_to(root.parent).as_posix()}:{place.line}"
        for block, place in places.items()
    }


def install(root: Path, **folders: str) -> None:
    """What `terraform init` writes; `__` in a module's name stands for a dot."""
    entries = [{"Key": "", "Source": "", "Dir": "."}]
    entries += [{"Key": key.replace("__", "."), "Dir": where} for key, where in folders.items()]
    manifest = root / ".terraform" / "modules" / "modules.json"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"Modules": entries}), "utf-8")


def test_local_modules_are_followed_also_upward(tmp_path: Path) -> None:
    root = files(
        tmp_path / "root",
        main='\nmodule "a" {\n  source = "../shared/a"\n}\n' + QUEUE,
        **{"..__shared__a__main": 'module "b" {\n  source = "./b"\n}\n'},
        **{"..__shared__a__b__queues": "# first\n" + QUEUE},
    )
    assert shown(root, "aws_sqs_queue.q", "module.a.module.b.aws_sqs_queue.q") == {
        "aws_sqs_queue.q": "root/main.tf:5",
        "module.a.module.b.aws_sqs_queue.q": "shared/a/b/queues.tf:2",
    }


def test_other_modules_are_found_where_init_put_them(tmp_path: Path) -> None:
    root = files(
        tmp_path / "root",
        main='module "q" {\n  source  = "acme/q/aws"\n  version = "1.0.0"\n}\n',
        put__here__main='module "inner" {\n  source = "./inner"\n}\n',
        put__here__inner__main="\n" + QUEUE,
    )
    install(root, q="put/here", q__inner="put/here/inner")
    wanted = {"module.q.module.inner.aws_sqs_queue.q": "root/put/here/inner/main.tf:2"}
    assert shown(root, *wanted) == wanted


def test_a_module_that_is_not_at_hand_is_named(tmp_path: Path) -> None:
    root = files(tmp_path / "root", main='module "q" {\n  source = "acme/q/aws"\n}\n')
    located = locate(root, ["module.q.aws_sqs_queue.q", "module.gone.aws_sqs_queue.q"])
    assert located.places == {}
    assert located.problems == ("The source of these modules is not at hand: module.q.",)


def test_a_broken_list_of_modules_is_a_problem(tmp_path: Path) -> None:
    root = files(tmp_path / "root", main=QUEUE)
    install(root)
    manifest = root / ".terraform" / "modules" / "modules.json"
    manifest.write_text("{", "utf-8")
    located = locate(root, ["aws_sqs_queue.q"])
    assert located.problems == (f"{manifest.as_posix()} cannot be read.",)
    assert len(located.places) == 1


def test_what_two_files_declare_has_no_place_but_an_override_does_not_count(tmp_path: Path) -> None:
    root = files(tmp_path / "root", a=QUEUE, b=QUEUE)
    assert shown(root, "aws_sqs_queue.q") == {}
    root = files(tmp_path / "other", a_override=QUEUE, b=QUEUE)
    assert shown(root, "aws_sqs_queue.q") == {"aws_sqs_queue.q": "other/b.tf:1"}


def test_a_file_that_does_not_parse_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    root = files(tmp_path / "root", a='resource "x_y" "z" {\n  a = "\n}\n', b=QUEUE)
    (root / "c.tf").write_bytes(b"\xff\xfe")
    located = locate(root, ["aws_sqs_queue.q", "x_y.z"])
    assert located.problems == (
        f"{(root / 'a.tf').as_posix()}, line 2: this text does not end.",
        f"{(root / 'c.tf').as_posix()} cannot be read as text.",
    )
    assert sorted(located.places) == ["aws_sqs_queue.q", "x_y.z"]


def test_folders_of_modules_that_do_not_change_are_not_read(tmp_path: Path) -> None:
    root = files(tmp_path / "root", main='module "a" {\n  source = "./a"\n}\n' + QUEUE, a__m='"')
    assert locate(root, ["aws_sqs_queue.q"]).problems == ()
    assert len(locate(root, ["module.a.x_y.z"]).problems) == 1


def test_a_folder_that_is_not_there_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no folder"):
        locate(tmp_path / "nowhere", [])


def test_a_place_reads_like_editors_open_it() -> None:
    assert str(Place("modules/db/main.tf", 12)) == "modules/db/main.tf:12"


PLAN: Json = document(
    update("aws_sqs_queue.q[0]", {"policy": "a"}, {"policy": "b"}),
    delete("module.store.aws_dynamodb_table.t", {"name": "t"}),
)


def written(folder: Path, plan: Json) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), "utf-8")
    return path


def reported(ran_out: str) -> dict[str, object]:
    return {change["address"]: change["place"] for change in json.loads(ran_out)["changes"]}


def shown_as(file: str, line: int) -> Json:
    return {"file": file, "line": line, "in_base": False}


def test_every_report_tells_file_and_line(cli: RunCli, tmp_path: Path) -> None:
    text = '\nmodule "store" {\n  source = "./store"\n}\n' + QUEUE
    table = '\n\nresource "aws_dynamodb_table" "t" {}\n'
    files(tmp_path / "infra", main=text, store__main=table)
    written(tmp_path, PLAN)
    score = ("score", "plan.json", "--source", "infra")
    assert reported(cli(*score, "--format", "json").out) == {
        "aws_sqs_queue.q[0]": {"file": "infra/main.tf", "line": 5, "in_base": False},
        "module.store.aws_dynamodb_table.t": {
            "file": "infra/store/main.tf",
            "line": 3,
            "in_base": False,
        },
    }
    assert "\n    infra/store/main.tf:3\n" in cli(*score).out
    assert "\n`infra/store/main.tf:3`\n" in cli(*score, "--format", "markdown").out
    story = cli("explain", "plan.json", "aws_sqs_queue.q[0]", "--source", "infra").out
    assert "\n  declared in infra/main.tf:5\n" in story


def test_without_an_option_the_plan_s_directory_is_looked_at(cli: RunCli, tmp_path: Path) -> None:
    written(files(tmp_path / "infra", main=QUEUE), PLAN)
    ran = cli("score", "infra/plan.json", "--format", "json")
    assert reported(ran.out)["aws_sqs_queue.q[0]"] == {
        "file": "infra/main.tf",
        "line": 1,
        "in_base": False,
    }
    plan = (tmp_path / "infra" / "plan.json").read_bytes()
    assert set(reported(cli("score", "-", "--format", "json", stdin=plan).out).values()) == {None}


def test_problems_stand_in_every_report_and_change_no_verdict(cli: RunCli, tmp_path: Path) -> None:
    written(tmp_path, PLAN)
    files(tmp_path / "infra", **{f"f{n}": "a {\n" for n in range(9)})
    score = ("score", "plan.json", "--source", "infra")
    fault = "infra/f0.tf, line 1: this block does not end."
    ran = cli(*score)
    assert ran.code == cli("score", "plan.json").code
    assert fault in ran.out
    assert "and 4 more problems with the configuration" in " ".join(ran.out.split())
    assert fault.replace("_", "\\_") in cli(*score, "--format", "markdown").out
    listed = json.loads(cli(*score, "--format", "json").out)["source_problems"]
    assert listed[0] == fault
    assert len(listed) == 9


def test_a_file_s_name_can_neither_command_nor_format(cli: RunCli, tmp_path: Path) -> None:
    written(tmp_path, document(delete("aws_sqs_queue.q", {"name": "q"})))
    files(tmp_path / "infra", main=QUEUE.replace('"q"', '"other"'))
    name = "a`**b**\n::error file=x::owned\x1b[31m"
    (tmp_path / "infra" / f"{name}.tf").write_text(QUEUE + 'x = "\n', "utf-8")
    for format_ in ("console", "markdown"):
        out = cli("score", "plan.json", "--source", "infra", "--format", format_).out
        assert "\x1b" not in out
        assert "\n::error" not in out
    markdown = cli("score", "plan.json", "--source", "infra", "--format", "markdown").out
    assert "\n`` infra/a`**b**\\n" in markdown  # a span that the backtick does not end
    assert "\n- infra/a\\`\\*\\*b" in markdown


def test_a_block_that_is_gone_is_shown_where_it_stood(cli: RunCli, tmp_path: Path) -> None:
    written(tmp_path, document(delete("aws_sqs_queue.q", {"name": "q"})))
    files(tmp_path / "base", main="\n" + QUEUE)
    files(tmp_path / "head", main="\n")
    score = ("score", "plan.json", "--source", "head", "--base", "base")
    place = {"file": "base/main.tf", "line": 2, "in_base": True}
    assert reported(cli(*score, "--format", "json").out) == {"aws_sqs_queue.q": place}
    assert "\n    was in base/main.tf:2\n" in cli(*score).out
    assert "\nwas in `base/main.tf:2`\n" in cli(*score, "--format", "markdown").out
    story = cli("explain", "plan.json", "aws_sqs_queue.q", *score[2:]).out
    assert "\n  was declared in base/main.tf:2\n" in story
