"""The settings on the page of the service can be used, and its addresses exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from iacrisk.service.app import make_app
from iacrisk.service.settings import Mode, Settings, load_service_settings
from iacrisk.service.workflow.routing import route_of
from tests.conftest import ROOT

if TYPE_CHECKING:
    from litestar import Litestar

PAGE = (ROOT / "docs" / "service.md").read_text("utf-8")


def test_every_variable_on_the_page_is_a_setting() -> None:
    stated = dict(re.findall(r"\b(IACRISK_[A-Z_]+)=([^\s`]+)", PAGE))
    found = load_service_settings(stated)
    assert len(stated) == 7
    assert found.hcp.hmac_key.reveal() == "change-me"


def test_the_file_on_the_page_says_what_the_page_says(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "service.toml"
    file.write_text(block, "utf-8")
    settings = load_service_settings({}, file)
    assert route_of(settings, "acme", "shop-prod").mode is Mode.HOLD
    assert route_of(settings, "acme", "sandbox-1").mode is Mode.ADVISORY
    assert route_of(settings, "other", "shop-prod").mode is Mode.FAIL_THEN_RERUN


def test_the_addresses_on_the_page_are_answered(tmp_path: Path) -> None:
    app: Litestar = make_app(Settings(data_folder=str(tmp_path)))
    known = {route.path for route in app.routes}
    assert {"/v1/run-task", "/v1/assessments", "/schema/openapi.json"} <= known
