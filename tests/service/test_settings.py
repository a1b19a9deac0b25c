"""The service's settings: where they come from, and that secrets stay secret."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from iacrisk.errors import SettingsError
from iacrisk.service.secret import Secret
from iacrisk.service.settings import (
    Mode,
    Settings,
    WorkspaceRule,
    declared_settings,
    load_service_settings,
)


def test_without_anything_the_defaults_hold() -> None:
    assert load_service_settings({}) == Settings()


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text(
        'port = 1\nmode = "hold"\n[hcp]\nhosts = ["tfe.example"]\n'
        '[[workspaces]]\nworkspace = "prod-*"\nmode = "advisory"\n'
    )
    found = load_service_settings({"IACRISK_PORT": "2", "IACRISK_SETTINGS": str(file)})

    assert (found.port, found.mode, found.hcp.hosts) == (2, Mode.HOLD, ("tfe.example",))
    assert found.workspaces == (WorkspaceRule(workspace="prod-*", mode=Mode.ADVISORY),)


def test_lists_and_switches_come_from_the_environment() -> None:
    found = load_service_settings(
        {"IACRISK_HCP_HOSTS": "a.example, b.example", "IACRISK_HCP_ALLOW_PRIVATE_ADDRESSES": "true"}
    )
    assert found.hcp.hosts == ("a.example", "b.example")
    assert found.hcp.allow_private_addresses is True


def test_a_secret_can_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")
    found = load_service_settings({"IACRISK_HCP_HMAC_KEY_FILE": str(tmp_path / "key")})
    assert found.hcp.hmac_key == Secret("hush")


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"IACRISK_PROT": "1"}, "There is no setting IACRISK_PROT."),
        ({"IACRISK_PORT": "http"}, "`int`"),
        ({"IACRISK_MODE": "maybe"}, "maybe"),
        ({"IACRISK_HCP_HMAC_KEY_FILE": "/nowhere/key"}, "cannot read /nowhere/key"),
        ({"IACRISK_SETTINGS": "/nowhere/file"}, "Cannot read /nowhere/file"),
    ],
)
def test_what_cannot_be_meant_is_refused(environment: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_service_settings(environment)


def test_an_unknown_key_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text("[hcp]\nhmac = 'x'\n")
    with pytest.raises(SettingsError, match="unknown field `hmac`"):
        load_service_settings({}, file)


def test_a_secret_is_never_shown() -> None:
    found = load_service_settings({"IACRISK_SECRET_KEY": "correct-horse"})
    assert "correct-horse" not in f"{found} {found!r} {found.secret_key}"
    with pytest.raises(TypeError):
        pickle.dumps(found.secret_key)


def test_every_setting_says_what_it_is_for() -> None:
    assert [item.variable for item in declared_settings() if not item.description] == []
