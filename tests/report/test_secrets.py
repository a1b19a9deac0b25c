"""No sensitive value leaves the process, in any format, wherever Terraform copies it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iacrisk.assess import Circumstances, assess
from iacrisk.gate import Policy
from iacrisk.graph import build_graph
from iacrisk.plan import UNKNOWN, Redactor, decode_plan
from iacrisk.report import Format, GraphFormat, renderer
from iacrisk.report.explanation import render_explanation
from iacrisk.report.graph_formats import export_graph
from iacrisk.report.picture import render_svg, scene_of
from tests.conftest import TODAY, RunCli
from tests.plans import Json, create, delete, document, noop, replace, update

TEXT = "hunter2-Tr0ub4dor"
NUMBER = 8675309
PEM = "-----BEGIN KEY-----\nMIIEowIBAAKCAQEA7bq\nq9Zk3+/xW==\n-----END KEY-----\n"
QUOTED = 'pa"ss\\wo<r>d&1'
SPACED = "correct horse battery"


def go_json(value: Any) -> str:
    """JSON as Terraform's jsonencode writes it."""
    text = json.dumps(value, ensure_ascii=False)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def outputs(plan_json: Json) -> Iterator[str]:
    """Everything iacrisk can say about a plan."""
    plan = decode_plan(json.dumps(plan_json).encode())
    assessment = assess(plan, Policy(), Circumstances(today=TODAY, environment="production"))
    for format_ in Format:
        text = renderer(format_)(assessment)
        yield words_only(text) if format_ is Format.HTML else text
    for item in assessment.changes:
        yield render_explanation(assessment, item)
    for graph_format in GraphFormat:
        if not graph_format.is_picture:
            yield export_graph(build_graph(plan), plan.redactor, graph_format)
    for item in assessment.changes:
        yield words_only(render_svg(scene_of(assessment, item)))


def words_only(text: str) -> str:
    """HTML and SVG without our own style, script and coordinates: these are numbers, too."""
    text = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
    return re.sub(r' (d|x|y|width|height|viewBox|transform)="[-.0-9MCLVHaclhvz ]*"', "", text)


class Planter(Protocol):
    """Makes a plan with a secret in it."""

    def __call__(self, secret: Any) -> Json:
        """The plan JSON."""


def marked_attribute(secret: Any) -> Json:
    """Marked where it belongs; nothing else."""
    return document(
        update(
            "aws_db_instance.a",
            {"password": "old" + str(secret), "nested": [{"deep": {"token": "x"}}]},
            {"password": secret, "nested": [{"deep": {"token": secret}}], "list": [1, secret]},
            before_sensitive={"password": True},
            after_sensitive={
                "password": True,
                "nested": [{"deep": {"token": True}}],
                "list": [False, True],
            },
        )
    )


def copies(secret: Any) -> Json:
    """Marked once, and copied unmarked to every place that reports show."""
    key = str(secret)
    values = {"plain": secret, "longer": f"url://user:{key}@host/", "list": [secret], "tags": {}}
    values["tags"] = {"Name": key, key: "as a key"}
    return document(
        replace("aws_instance.a", values, {**values, "ami": "x"}, "ami", "plain"),
        update(f"aws_instance.b[{json.dumps(key)}]", values, {"plain": "other"}),
        delete(f"module.m[{json.dumps(key)}].aws_db_instance.c", values),
        create("aws_db_instance.d", {"password": secret}, after_sensitive={"password": True}),
        references={"aws_instance.a": {"user_data": [f"aws_db_instance.d[{json.dumps(key)}]"]}},
    )


def sensitive_variable(secret: Any) -> Json:
    """Marked only as a variable."""
    return document(
        update("aws_instance.a", {"user_data": "x"}, {"user_data": f"key={secret}"}),
        variables={"environment": {"value": secret}, "plain": {"value": "x"}},
        configuration={"root_module": {"variables": {"environment": {"sensitive": True}}}},
    )


def sensitive_default(secret: Any) -> Json:
    """Marked only as the default of a module's variable."""
    module = {"variables": {"key": {"sensitive": True, "default": secret}}}
    return document(
        update("aws_instance.a", {"user_data": "x"}, {"user_data": f"key={secret}"}),
        configuration={"root_module": {"module_calls": {"m": {"module": module}}}},
    )


def sensitive_output(secret: Any) -> Json:
    """Marked only as an output that changes."""
    return document(
        update("aws_instance.a", {"user_data": "x"}, {"user_data": f"key={secret}"}),
        output_changes={
            "o": {"actions": ["create"], "before": None, "after": secret, "after_sensitive": True}
        },
    )


def prior_state(secret: Any) -> Json:
    """Marked only in the prior state."""
    resource = {
        "address": "aws_ssm_parameter.p",
        "mode": "managed",
        "type": "aws_ssm_parameter",
        "name": "p",
        "values": {"value": secret},
        "sensitive_values": {"value": True},
    }
    inner = {"address": "module.m", "resources": [resource]}
    return document(
        update("aws_instance.a", {"user_data": f"old={secret}"}, {"user_data": "x"}),
        prior_state={"values": {"root_module": {"child_modules": [inner]}}},
    )


def state_output(secret: Any) -> Json:
    """Marked only as an output of the prior state."""
    return document(
        update("aws_instance.a", {"user_data": f"old={secret}"}, {"user_data": "x"}),
        prior_state={"values": {"outputs": {"o": {"sensitive": True, "value": [secret]}}}},
    )


def drift(secret: Any) -> Json:
    """Marked only in the drift."""
    return document(
        update("aws_instance.a", {"user_data": f"old={secret}"}, {"user_data": "x"}),
        resource_drift=[
            update("aws_instance.b", {"pw": secret}, {"pw": ""}, before_sensitive={"pw": True})
        ],
    )


def policy_text(secret: Any) -> Json:
    """A copy inside JSON text inside an attribute."""
    policy = go_json({"Statement": [{"Condition": {"StringEquals": {"key": secret}}}]})
    return document(
        create("aws_db_instance.d", {"password": secret}, after_sensitive={"password": True}),
        update("aws_iam_policy.p", {"policy": "{}"}, {"policy": policy}),
        update("aws_sqs_queue.q", {"policy": json.dumps({"a": secret})}, {"policy": ""}),
    )


def written_forms(secret: Any) -> Json:
    """Copies in the forms in which providers and functions write a text."""
    text = str(secret)
    forms = [quote(text), quote(text, safe=""), base64.b64encode(text.encode()).decode()]
    return document(
        create("aws_db_instance.d", {"password": secret}, after_sensitive={"password": True}),
        *(update(f"aws_instance.i{n}", {"x": f"a={f};"}, {"x": ""}) for n, f in enumerate(forms)),
    )


def weak_evidence(secret: Any) -> Json:
    """An id that is a secret, which another resource's values hold."""
    return document(
        delete("aws_db_instance.a", {"id": str(secret)}, before_sensitive={"id": True}),
        noop("aws_instance.b", {"db": str(secret), "conn": [f"pre {secret}"]}),
    )


PLANTERS = [
    marked_attribute,
    copies,
    sensitive_variable,
    sensitive_default,
    sensitive_output,
    prior_state,
    state_output,
    drift,
    policy_text,
    written_forms,
    weak_evidence,
]


def forms_of(secret: Any) -> set[str]:
    """How a secret would look if it leaked into any of the formats."""
    text = str(secret)
    lines = {line for line in text.splitlines() if len(line) >= 8} | {text}
    escaped = {json.dumps(line)[1:-1] for line in lines} | {go_json(line)[1:-1] for line in lines}
    escaped |= {json.dumps(form)[1:-1] for form in escaped}
    entities = {"".join(c if c.isalnum() else f"#{ord(c)};" for c in line) for line in lines}
    html = {line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines}
    encoded = {base64.b64encode(text.encode()).decode(), quote(text, safe="")}
    return lines | escaped | entities | html | encoded


@pytest.mark.parametrize("secret", [TEXT, NUMBER, PEM, QUOTED, SPACED])
@pytest.mark.parametrize("planter", PLANTERS)
def test_a_secret_is_in_no_output(planter: Planter, secret: Any) -> None:
    for text in outputs(planter(secret)):
        flat = " ".join(text.split())
        leaked = {form for form in forms_of(secret) if form in text or form in flat}
        assert leaked == set(), text


SECRETS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="()"), min_size=8, max_size=20
).filter(lambda text: len(set(text)) > 5 and text.strip() == text)


@example('$${x}"\\%{a}')
@example("\u00a0\u00e9${abc}\u2028")
@example("aaaa\r\nbbbbccc\x85d")
@given(SECRETS)
def test_any_text_that_is_marked_is_in_no_output(secret: str) -> None:
    mark = "Zq9" + secret
    for planter in (marked_attribute, copies, policy_text):
        for text in outputs(planter(mark)):
            assert "Zq9" not in text


@given(st.integers(10**4, 10**15) | st.floats(10, 10**6, allow_subnormal=False))
def test_any_number_that_is_marked_is_in_no_output(secret: float) -> None:
    for text in outputs(marked_attribute(secret)):
        assert json.dumps(secret) not in text


def test_a_secret_value_is_masked_and_the_rest_stays_readable(cli: RunCli) -> None:
    secret = document(
        update(
            "aws_instance.a",
            {"user_data": f"token={TEXT}", "size": "small", "pw": TEXT},
            {"user_data": "token=none", "size": "large", "pw": "y"},
            before_sensitive={"pw": True},
        )
    )
    Path("plan.json").write_text(json.dumps(secret), "utf-8")
    ran = cli("explain", "plan.json", "aws_instance.a")
    assert "  pw: (sensitive value) -> (sensitive value)\n" in ran.out
    assert '  size: "small" -> "large"\n' in ran.out
    assert '  user_data: "token=(sensitive value)" -> "token=none"\n' in ran.out


def test_keys_below_a_sensitive_map_are_not_named() -> None:
    judged = document(
        update(
            "aws_instance.a",
            {"secrets": {"alpha-key": "1"}},
            {"secrets": {"beta-key": "2"}},
            before_sensitive={"secrets": True},
            after_sensitive={"secrets": True},
        )
    )
    for text in outputs(judged):
        assert "alpha-key" not in text
        assert "beta-key" not in text


@pytest.mark.parametrize(
    ("secrets", "text", "shown"),
    [
        ([], "anything", "anything"),
        (["abcd"], "xabcdx", "x(sensitive value)x"),
        (["abc"], "xabcx", "xabcx"),
        (["abc"], "abc", "(sensitive value)"),
        (["abcd", "abcdef"], "abcdef abcd", "(sensitive value) (sensitive value)"),
        (["a.c+"], "a.c+ abcc", "(sensitive value) abcc"),
        (["word\n"], "the word!", "the (sensitive value)!"),
        (["a<b&c"], r'{"k":"a\u003cb\u0026c"}', '{"k":"(sensitive value)"}'),
    ],
)
def test_secrets_are_masked_whole_and_inside_text(
    secrets: list[str], text: str, shown: str
) -> None:
    assert Redactor(frozenset(secrets)).text(text) == shown


@pytest.mark.parametrize(
    ("value", "sensitive", "shown"),
    [
        (None, True, "null"),
        (None, False, "null"),
        ("x", False, '"x"'),
        ("x", True, "(sensitive value)"),
        ("", True, "(sensitive value)"),
        (UNKNOWN, True, "(known after apply)"),
        ({"a": UNKNOWN}, False, '{"a": "(known after apply)"}'),
        ([True, 1, 1.5], False, "[true, 1, 1.5]"),
        ("pin", False, '"(sensitive value)"'),
        ({"pin": 7331}, False, '{"(sensitive value)": "(sensitive value)"}'),
        ("x" * 300, False, '"' + "x" * 238 + "\u2026"),
    ],
)
def test_a_value_is_shown_on_one_short_line_or_masked(
    value: Any, sensitive: bool, shown: str
) -> None:
    redactor = Redactor(frozenset({"pin", "7331"}))
    assert redactor.value(value, sensitive=sensitive) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("aws_instance.secret", "aws_instance.secret"),
        ('aws_instance.a["secret"]', 'aws_instance.a["(sensitive value)"]'),
        (
            'module.m["pre-secret.x"].aws_instance.a["b"]',
            'module.m["pre-(sensitive value).x"].aws_instance.a["b"]',
        ),
        ('aws_instance.a["q\\"t"]', 'aws_instance.a["(sensitive value)"]'),
        ('aws_instance.a["$${v}"]', 'aws_instance.a["(sensitive value)"]'),
    ],
)
def test_only_the_keys_of_an_address_are_masked(address: str, shown: str) -> None:
    assert Redactor(frozenset({"secret", 'q"t', "${v}"})).address(address) == shown


def test_an_error_names_no_secret(cli: RunCli) -> None:
    Path("plan.json").write_text(json.dumps(copies(TEXT)), "utf-8")
    for command in (
        ["explain", "plan.json", f'aws_instance.zzz["{TEXT}"]'],
        ["graph", "plan.json", "--focus", f'aws_instance.zzz["{TEXT}"]'],
        ["graph", "plan.json"],
        ["score", "plan.json"],
    ):
        ran = cli(*command)
        assert TEXT not in ran.err, command
        assert TEXT not in ran.out, command
