"""X22: an exclusion filter and the monitors that ask for the same logs."""

from __future__ import annotations

import pytest

from iacrisk.rules.readers.messages.queries import read_query
from tests.plans import Json, noop, update
from tests.rules.told import judged

ASKED = "service:shop status:error @event:refused"


def index(*queries: str) -> Json:
    return {
        "name": "main",
        "exclusion_filter": [
            {"name": query, "is_enabled": True, "filter": [{"query": query, "sample_rate": 1}]}
            for query in queries
        ],
    }


def monitor(index_name: str = "main") -> Json:
    query = f'logs("{ASKED}").index("{index_name}").rollup("count").last("5m") > 5'
    return noop("datadog_monitor.refused", {"type": "log alert", "query": query})


@pytest.mark.parametrize(
    ("query", "flagged"),
    [
        ("service:shop", True),
        ("service:shop status:(info OR error)", True),
        ("service:(shop OR cart) -status:warn", True),
        ("service:sh*", True),
        ("env:prod (status:debug OR @event:refused)", True),
        ("*", True),
        ("service:shop status:(info OR debug)", False),
        ("service:shop -status:error", False),
        ("service:shop NOT status:error", False),
        ("service:cart", False),
        ("source:nginx", False),
        ("env:prod timeout", False),
        ("env:prod", True),
        ("service:shop @http.path:/healthz", False),
        ("service:shop (status:debug OR @http.path:/healthz)", False),
    ],
)
def test_what_a_monitor_asks_for_is_not_left_out(query: str, *, flagged: bool) -> None:
    change = update("datadog_logs_index.main", index("source:nginx"), index("source:nginx", query))
    found = judged(change, monitor(), only=("X22",)).findings
    assert [item.hurts for item in found] == ([("datadog_monitor.refused",)] if flagged else [])


def test_another_index_and_filters_that_were_there_before_are_no_matter() -> None:
    new = update("datadog_logs_index.main", index(), index("service:shop"))
    old = update(
        "datadog_logs_index.main", index("service:shop"), index("service:shop", "service:cart")
    )
    assert judged(new, monitor("audit"), only=("X22",)).findings == ()
    assert judged(old, monitor(), only=("X22",)).findings == ()


def test_a_query_that_is_not_understood_means_all_logs() -> None:
    for text in ("((((", "a:(b OR", '"quoted words"', "-(a:b c:d)", ")", "or or and", "a:"):
        assert any(one.meets(other) for one in read_query(text) for other in read_query(ASKED))
