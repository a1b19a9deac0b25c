"""Every setting of the service, declared once: its name, kind, default and help.

A setting comes from the environment (`IACRISK_` and its path in capitals, `_FILE` behind a
secret's name for a file that holds it), else from the TOML file, else from the default here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import msgspec
from msgspec import Meta

from iacrisk.config import read_toml
from iacrisk.errors import SettingsError
from iacrisk.service.secret import Secret

PREFIX: Final = "IACRISK_"
SETTINGS_FILE: Final = "IACRISK_SETTINGS"
"""The variable that names the TOML file."""
_FILE: Final = "_FILE"

Minutes = Annotated[int, Meta(ge=1, le=24 * 60)]


class Mode(StrEnum):
    """What the service does with a run that has to wait for a person."""

    FAIL_THEN_RERUN = "fail-then-rerun"
    HOLD = "hold"
    ADVISORY = "advisory"


class EveryoneRole(StrEnum):
    """The role of people whom no group gives one."""

    NONE = "none"
    VIEWER = "viewer"
    APPROVER = "approver"


class AdminToken(StrEnum):
    """When an admin token is made at boot."""

    WITHOUT_PROVIDER = "without-provider"
    ALWAYS = "always"
    NEVER = "never"


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every table in the file: unknown keys are refused."""


class Hcp(Group, frozen=True, kw_only=True):
    """HCP Terraform or Terraform Enterprise."""

    hmac_key: Annotated[
        Secret, Meta(description="key of the run task; without one no webhook is accepted")
    ] = Secret("")
    previous_hmac_key: Annotated[
        Secret, Meta(description="key that is accepted as well, while a new one is rolled out")
    ] = Secret("")
    hosts: Annotated[
        tuple[str, ...],
        Meta(description="hosts that plans are fetched from and callbacks are sent to"),
    ] = ("app.terraform.io",)
    download_hosts: Annotated[
        tuple[str, ...],
        Meta(
            description="hosts that a plan may be downloaded from after a redirect, as globs; "
            "they never get the token"
        ),
    ] = ("archivist.terraform.io",)
    allow_private_addresses: Annotated[
        bool, Meta(description="whether a host may resolve to a private or loopback address")
    ] = False
    ca_file: Annotated[
        str, Meta(description="certificates of authorities to trust beside the system's")
    ] = ""


class Holding(Group, frozen=True, kw_only=True):
    """How long a run waits for a person, in mode `hold`."""

    minutes: Annotated[
        int, Meta(ge=1, le=59, description="then the run fails; HCP gives up at 60")
    ] = 55
    heartbeat_seconds: Annotated[
        int, Meta(ge=1, le=540, description="between two signs of life; HCP gives up at 600")
    ] = 180


class Scoring(Group, frozen=True, kw_only=True):
    """The processes that judge plans."""

    workers: Annotated[int, Meta(ge=1, le=64, description="plans that are judged at a time")] = 1
    seconds: Annotated[int, Meta(ge=1, le=3600, description="for one plan, then it fails")] = 300
    memory_mb: Annotated[
        int, Meta(ge=256, description="address space of one process, then the plan fails")
    ] = 4096
    plan_mb: Annotated[int, Meta(ge=1, description="size of the largest plan that is judged")] = 512


class Keeping(Group, frozen=True, kw_only=True):
    """What is kept, and for how long."""

    assessment_days: Annotated[
        int, Meta(ge=1, description="for assessments and what was decided on them")
    ] = 400
    page_days: Annotated[
        int, Meta(ge=1, description="for the page of an assessment; verdict and decisions stay")
    ] = 90
    waiting_days: Annotated[
        int, Meta(ge=1, description="after which a run that nobody decided on leaves the queue")
    ] = 14


class SignIn(Group, frozen=True, kw_only=True):
    """How people sign in to the reviewer pages, and what they may do there."""

    issuer: Annotated[
        str,
        Meta(description="OpenID Connect provider; without one, only the admin token signs in"),
    ] = ""
    client_id: Annotated[str, Meta(description="this service's name at the provider")] = ""
    client_secret: Annotated[Secret, Meta(description="this service's secret there")] = Secret("")
    provider_name: Annotated[str, Meta(description="what the button says: sign in with this")] = (
        "your organisation"
    )
    scope: Annotated[str, Meta(description="what is asked of the provider")] = (
        "openid email profile"
    )
    name_claim: Annotated[
        str,
        Meta(
            description="claim by which a person decides: policies and authors are compared with it"
        ),
    ] = "email"
    verified_email: Annotated[
        bool, Meta(description="whether an e-mail counts only with `email_verified`")
    ] = True
    role_claim: Annotated[
        str, Meta(description="claim with groups or roles, by name or dotted path")
    ] = "groups"
    viewers: Annotated[tuple[str, ...], Meta(description="values that give the role viewer")] = ()
    approvers: Annotated[
        tuple[str, ...], Meta(description="values that give the role approver")
    ] = ()
    admins: Annotated[tuple[str, ...], Meta(description="values that give the role admin")] = ()
    everyone: Annotated[
        EveryoneRole, Meta(description="role of everybody whom the provider knows")
    ] = EveryoneRole.NONE
    admin_token: Annotated[
        AdminToken, Meta(description="whether a one-time admin token is printed at boot")
    ] = AdminToken.WITHOUT_PROVIDER
    admin_token_minutes: Annotated[
        int, Meta(ge=1, le=24 * 60, description="how long the admin token may be used")
    ] = 60
    session_minutes: Annotated[
        int, Meta(ge=5, le=7 * 24 * 60, description="then a session ends, whatever is done")
    ] = 720
    idle_minutes: Annotated[
        int, Meta(ge=5, le=7 * 24 * 60, description="without a click, then a session ends")
    ] = 120
    tries: Annotated[
        int, Meta(ge=1, le=1000, description="to sign in within ten minutes, from one address")
    ] = 30
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(description="addresses of proxies whose X-Forwarded-For is believed"),
    ] = ()


class Notifying(Group, frozen=True, kw_only=True):
    """Who is told when something starts to wait, and when it is decided."""

    webhook_url: Annotated[
        Secret, Meta(description="`https://...` that takes signed webhooks (Standard Webhooks)")
    ] = Secret("")
    webhook_key: Annotated[
        Secret, Meta(description="`whsec_...`, which signs them: 24 bytes or more in base64")
    ] = Secret("")
    slack_url: Annotated[
        Secret, Meta(description="incoming webhook of Slack, or of what takes the same JSON")
    ] = Secret("")
    give_up_hours: Annotated[
        int, Meta(ge=1, le=168, description="after which a notification is no longer tried")
    ] = 24


class LogLevel(StrEnum):
    """What is logged: this and what is worse."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Operations(Group, frozen=True, kw_only=True):
    """How the service is watched."""

    log_level: Annotated[LogLevel, Meta(description="what is logged: this and worse")] = (
        LogLevel.INFO
    )
    metrics_token: Annotated[
        Secret, Meta(description="bearer token for /metrics; without one it is open")
    ] = Secret("")
    otlp_endpoint: Annotated[
        str,
        Meta(
            description="where OpenTelemetry traces go, such as http://localhost:4318/v1/traces; "
            "needs the extra `tracing`"
        ),
    ] = ""


class WorkspaceRule(Group, frozen=True, kw_only=True):
    """What holds for some workspaces; of several rules that fit, the first counts."""

    organisation: Annotated[str, Meta(description="glob on the organisation's name")] = "*"
    workspace: Annotated[str, Meta(description="glob on the workspace's name")] = "*"
    policy: Annotated[str, Meta(description="policy file; without it the default one")] = ""
    mode: Annotated[
        Mode | None, Meta(description="what happens to a run that has to wait; else the default")
    ] = None


class Settings(Group, frozen=True, kw_only=True):
    """The service as a whole."""

    host: Annotated[str, Meta(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="port to listen on")] = 8080
    public_url: Annotated[
        str, Meta(description="how browsers and HCP Terraform reach this service")
    ] = "http://127.0.0.1:8080"
    data_folder: Annotated[
        str, Meta(description="where the SQLite files, the key file and plans in work lie")
    ] = "iacrisk-data"
    database_url: Annotated[
        Secret,
        Meta(description="`postgresql://...`; without it SQLite files in the data folder"),
    ] = Secret("")
    secret_key: Annotated[
        Secret,
        Meta(
            description="encrypts access tokens at rest; several replicas need the same; without "
            "it a key file is made in the data folder"
        ),
    ] = Secret("")
    replica: Annotated[
        str, Meta(description="name of this replica, its own; by default the host's name")
    ] = ""
    policy: Annotated[
        str, Meta(description="policy file for workspaces that no rule names; else the defaults")
    ] = ""
    mode: Annotated[Mode, Meta(description="what happens to a run that has to wait")] = (
        Mode.FAIL_THEN_RERUN
    )
    drain_seconds: Annotated[
        int, Meta(ge=0, le=600, description="for work under way, when asked to stop")
    ] = 30
    hcp: Hcp = Hcp()
    holding: Holding = Holding()
    scoring: Scoring = Scoring()
    keeping: Keeping = Keeping()
    sign_in: SignIn = SignIn()
    notifying: Notifying = Notifying()
    operations: Operations = Operations()
    workspaces: tuple[WorkspaceRule, ...] = ()


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as it is declared. `path`: the tables around it and its name."""

    path: tuple[str, ...]
    type: Any
    default: Any
    description: str

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + "_".join(self.path).upper()

    @property
    def values(self) -> str:
        """What it may be, in words."""
        kind = _plain(self.type)
        inner = next((each for each in (*get_args(kind), kind) if each is not type(None)), kind)
        if isinstance(inner, type) and issubclass(inner, StrEnum):
            return ", ".join(f"`{member.value}`" for member in inner)
        if getattr(kind, "__origin__", None) is tuple:
            return "list of strings"
        if kind is int:
            bounds = getattr(self.type, "__metadata__", ())
            low = next((each.ge for each in bounds if each.ge is not None), None)
            high = next((each.le for each in bounds if each.le is not None), None)
            return f"{low} to {high}" if high is not None else f"{low} or more"
        return {bool: "`true`, `false`", Secret: "secret"}.get(kind, "string")

    @property
    def is_secret(self) -> bool:
        """Whether it is never shown."""
        return _plain(self.type) is Secret


def load_service_settings(environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings in the file and, before it, in the environment; raises SettingsError."""
    stated = file or (Path(environment[SETTINGS_FILE]) if environment.get(SETTINGS_FILE) else None)
    values: dict[str, Any] = read_toml(stated) if stated else {}
    where = str(stated) if stated else "the environment"
    for item in declared_settings():
        text = _from_environment(item, environment)
        if text is not None:
            _put(values, item, text)
    _refuse_unknown(environment)
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"Service settings ({where}): {error}.") from None


def declared_settings(
    model: type[msgspec.Struct] = Settings, above: tuple[str, ...] = ()
) -> Iterator[Declared]:
    """Every setting that has a place of its own; not those in lists of tables."""
    for field in msgspec.structs.fields(model):
        kind = _plain(field.type)
        path = (*above, field.name)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            yield from declared_settings(kind, path)
        elif field.name != "workspaces":
            yield Declared(
                path=path, type=field.type, default=field.default, description=_told(field.type)
            )


def describe_group(model: type[msgspec.Struct]) -> Iterator[Declared]:
    """The settings of one table, as for a list of tables."""
    for field in msgspec.structs.fields(model):
        yield Declared(
            path=(field.name,),
            type=field.type,
            default=field.default,
            description=_told(field.type),
        )


def group_of(path: tuple[str, ...]) -> type[msgspec.Struct]:
    """The struct behind a table."""
    model: type[msgspec.Struct] = Settings
    for name in path:
        model = next(f.type for f in msgspec.structs.fields(model) if f.name == name)
    return model


def _from_environment(item: Declared, environment: Mapping[str, str]) -> str | None:
    if item.variable in environment:
        return environment[item.variable]
    if item.is_secret and (named := environment.get(item.variable + _FILE)):
        try:
            return Path(named).read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"{item.variable}{_FILE}: cannot read {named}: {error.strerror}."
            ) from None
    return None


def _put(values: dict[str, Any], item: Declared, text: str) -> None:
    place = values
    for name in item.path[:-1]:
        place = place.setdefault(name, {})
    is_list = getattr(_plain(item.type), "__origin__", None) is tuple
    place[item.path[-1]] = [part.strip() for part in text.split(",")] if is_list else text


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {SETTINGS_FILE}
    for item in declared_settings():
        known |= {item.variable, item.variable + _FILE} if item.is_secret else {item.variable}
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"There is no setting {', '.join(unknown)}.")


def _decode(kind: type, value: Any) -> Any:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise NotImplementedError(kind)


def _plain(kind: Any) -> Any:
    """The type without what is said of it."""
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


def _told(kind: Any) -> str:
    said = (each.description for each in getattr(kind, "__metadata__", ()) if each.description)
    return next(said, "")
