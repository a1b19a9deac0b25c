"""What a team can set in iacrisk.toml, with the defaults that hold when it sets nothing.

This is the one declaration of every setting: the file's checks, its JSON Schema and the
settings page are made from it.
"""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from iacrisk.catalog import ResourceClass
from iacrisk.plan import ActionKind
from iacrisk.rules import Confidence, Harm

NEVER: Final = 101
OWN_ID: Final = "^[A-Z][A-Z0-9]*-[0-9]{1,5}$"
"""What the ids of a team's rules look like; no built-in one does."""
DURATION: Final = "^[1-9][0-9]{0,3}[mhd]$"
"""Minutes, hours or days."""
REVOKED: Final = "^(sha256:[0-9a-f]{64}|SHA256:[A-Za-z0-9+/]{43})$"
"""An approval, or a key as ssh-keygen prints it; anything else would take nothing back."""

Threshold = Annotated[int, Meta(ge=0, le=NEVER, description="0 to 100; 101 means never")]


class Consequence(StrEnum):
    """What follows from something that iacrisk cannot fully judge."""

    NOTE = "note"
    APPROVAL_REQUIRED = "approval-required"
    BLOCKED = "blocked"
    COULD_NOT_REVIEW = "could-not-review"


class SeverityName(StrEnum):
    """A severity as it is written in settings."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in the file: unknown keys are refused."""


class Thresholds(Setting, frozen=True, kw_only=True):
    """From which score on a change, or the plan, has to wait."""

    hold: Annotated[Threshold, Meta(description="from this score on, a person has to approve")] = 40
    block: Annotated[Threshold, Meta(description="from this score on, the plan is blocked")] = 95


Hold = Annotated[
    Threshold | None, Meta(description="overrides [thresholds] hold in this environment")
]
Block = Annotated[
    Threshold | None, Meta(description="overrides [thresholds] block in this environment")
]
Lower = Annotated[
    int,
    Meta(
        ge=0,
        le=4,
        description="by how many steps data, availability and recovery weigh less",
    ),
]


class EnvironmentSettings(Setting, frozen=True, kw_only=True):
    """How one environment is recognised, and what is different there."""

    hold: Hold = None
    block: Block = None
    lower: Lower = 0
    workspaces: Annotated[
        tuple[str, ...], Meta(description="globs of workspace names that are this environment")
    ] = ()
    accounts: Annotated[
        tuple[str, ...], Meta(description="account, project or subscription ids of it")
    ] = ()


class Production(EnvironmentSettings, frozen=True, kw_only=True):
    """Production, and every plan whose environment is unknown."""


class Staging(EnvironmentSettings, frozen=True, kw_only=True):
    """Staging: held later, never blocked."""

    hold: Hold = 50
    block: Block = NEVER


class Development(EnvironmentSettings, frozen=True, kw_only=True):
    """Development: held later, never blocked, data and availability weigh two steps less."""

    hold: Hold = 60
    block: Block = NEVER
    lower: Lower = 2


class Preview(EnvironmentSettings, frozen=True, kw_only=True):
    """Previews of pull requests and sandboxes: data and availability hardly count."""

    hold: Hold = 60
    block: Block = NEVER
    lower: Lower = 4


class Environments(Setting, frozen=True, kw_only=True):
    """The environments; what is not recognised counts as production."""

    production: Production = Production()
    staging: Staging = Staging()
    development: Development = Development()
    preview: Preview = Preview()


class Doubts(Setting, frozen=True, kw_only=True):
    """What follows when the plan cannot be fully judged."""

    errored: Annotated[
        Consequence, Meta(description="Terraform stopped with an error while planning")
    ] = Consequence.COULD_NOT_REVIEW
    unknown_format: Annotated[
        Consequence, Meta(description="format_version is no version number")
    ] = Consequence.COULD_NOT_REVIEW
    changes_missing: Annotated[
        Consequence, Meta(description="planned values without resource_changes")
    ] = Consequence.COULD_NOT_REVIEW
    unknown_action: Annotated[
        Consequence, Meta(description="an action verb this release does not know")
    ] = Consequence.APPROVAL_REQUIRED
    incomplete: Annotated[
        Consequence, Meta(description="`complete: false`: -target was used or changes deferred")
    ] = Consequence.APPROVAL_REQUIRED
    deferred: Annotated[Consequence, Meta(description="Terraform deferred changes")] = (
        Consequence.APPROVAL_REQUIRED
    )
    action_invocation: Annotated[
        Consequence, Meta(description="the plan invokes provider actions")
    ] = Consequence.APPROVAL_REQUIRED
    rule_failed: Annotated[Consequence, Meta(description="a rule raised an error")] = (
        Consequence.APPROVAL_REQUIRED
    )
    model_unusable: Annotated[
        Consequence,
        Meta(description="the model's files are missing, damaged or for another release"),
    ] = Consequence.APPROVAL_REQUIRED
    configuration_unread: Annotated[
        Consequence,
        Meta(description="a file that --base has to compare does not parse"),
    ] = Consequence.APPROVAL_REQUIRED


class ModelUse(StrEnum):
    """What the trained model may do."""

    AS_SHIPPED = "as-shipped"
    ADVISORY = "advisory"
    OFF = "off"


class ModelSettings(Setting, frozen=True, kw_only=True):
    """The trained model beside the rules."""

    use: Annotated[
        ModelUse,
        Meta(
            description="as-shipped: as its manifest says; advisory: reports show what it says, "
            "and it moves nothing; off: not asked"
        ),
    ] = ModelUse.ADVISORY
    folder: Annotated[
        str, Meta(description="folder with a manifest.json of your own; empty: the shipped model")
    ] = ""
    allowed_signers: Annotated[
        str,
        Meta(
            description="file of allowed signers (ssh-keygen's format); the model in `folder` "
            "is used only with a signature of one of them"
        ),
    ] = ""


class Scrutiny(Setting, frozen=True, kw_only=True):
    """What is asked beyond the score. It only makes stricter."""

    hold: Annotated[
        Threshold | None, Meta(description="this or the environment's hold, whichever is lower")
    ] = None
    block: Annotated[
        Threshold | None, Meta(description="this or the environment's block, whichever is lower")
    ] = None
    always_approve: Annotated[
        SeverityName | None,
        Meta(description="findings from this severity on wait for a person, whatever they score"),
    ] = None
    require_claim: Annotated[
        bool, Meta(description="true: it waits unless a claim is given that was understood")
    ] = False


class AiScrutiny(Scrutiny, frozen=True, kw_only=True):
    """Asked where an AI wrote the change, by statement or sign."""


class UnknownScrutiny(Scrutiny, frozen=True, kw_only=True):
    """Asked where nobody says who wrote the change, and no sure sign does."""


class ProvenanceSettings(Setting, frozen=True, kw_only=True):
    """Who wrote the change; no input to the score. See [provenance](provenance.md)."""

    detect: Annotated[
        bool,
        Meta(description="false: neither the CI host's variables nor Git are read for it"),
    ] = True
    sure_from: Annotated[
        float,
        Meta(ge=0, le=1, description="signs of this confidence on make the answer `ai`"),
    ] = 0.5
    ai: AiScrutiny = AiScrutiny()
    unknown: UnknownScrutiny = UnknownScrutiny()


class RuleSettings(Setting, frozen=True, kw_only=True):
    """Overrides of one rule."""

    severity: Annotated[
        SeverityName | None, Meta(description="replaces the severity of the rule's findings")
    ] = None
    enabled: Annotated[bool, Meta(description="false: the rule's findings do not count")] = True


OwnId = Annotated[
    str,
    Meta(
        pattern=OWN_ID,
        description="such as `ORG-001`: capital letters, a hyphen, digits; permanent",
    ),
]


class OwnRule(Setting, frozen=True, kw_only=True):
    """A rule of your own, without code; see [own rules](own-rules.md)."""

    id: OwnId
    name: Annotated[
        str,
        Meta(
            pattern="^[a-z][a-z0-9-]{2,31}$",
            description="name of the defect: `backups-cut-short`",
        ),
    ]
    severity: Annotated[SeverityName, Meta(description="how bad it is when it happens")]
    harm: Annotated[Harm, Meta(description="what is hurt")]
    message: Annotated[
        str, Meta(min_length=1, description="one plain sentence, without the address")
    ]
    confidence: Annotated[Confidence, Meta(description="how sure it is")] = Confidence.HIGH
    types: Annotated[
        tuple[str, ...],
        Meta(description="globs of resource types; with neither types nor classes all are seen"),
    ] = ()
    classes: Annotated[
        tuple[ResourceClass, ...], Meta(description="classes of the catalog, beside the types")
    ] = ()
    actions: Annotated[
        tuple[ActionKind, ...],
        Meta(description="what happens to the resource; empty: all but `read` and `no-op`"),
    ] = ()
    attribute: Annotated[
        str,
        Meta(
            description="dotted path of an attribute that has to change; `*` for every key or index"
        ),
    ] = ""
    when: Annotated[
        str, Meta(description="an expression that has to be true; see [own rules](own-rules.md)")
    ] = ""
    why: Annotated[str, Meta(description="for its page: why it matters")] = ""
    fine: Annotated[str, Meta(description="for its page: when it is fine")] = ""
    instead: Annotated[str, Meta(description="for its page: what to do instead")] = ""
    links: Annotated[tuple[str, ...], Meta(description="for its page: where to read more")] = ()


class Plugins(Setting, frozen=True, kw_only=True):
    """Installed packages that are asked beside the built-in rules."""

    rules: Annotated[
        tuple[str, ...],
        Meta(description="names of entry points in the group `iacrisk.rules`; no other is loaded"),
    ] = ()


class Waiver(Setting, frozen=True, kw_only=True):
    """Findings that somebody answers for until a date."""

    rule: Annotated[
        str, Meta(min_length=1, description="rule id, `model` for the model's answer, or `*`")
    ]
    address: Annotated[str, Meta(min_length=1, description="address glob")]
    owner: Annotated[str, Meta(min_length=1, description="who answers for it")]
    reason: Annotated[str, Meta(min_length=1, description="why it is fine")]
    expires: Annotated[datetime.date, Meta(description="last day on which it counts")]


class FingerprintForm(StrEnum):
    """How much of a plan an approval is bound to."""

    STRICT = "strict"
    LOOSE = "loose"


class UnknownAuthor(StrEnum):
    """What follows when nobody says who wrote the change."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class ApprovalRule(Setting, frozen=True, kw_only=True):
    """What has to be approved by whom. All rules that fit have to be met."""

    environments: Annotated[
        tuple[Literal["production", "staging", "development", "preview"], ...],
        Meta(description="it is asked in these environments; empty: in all"),
    ] = ()
    rules: Annotated[
        tuple[str, ...],
        Meta(description="it is asked for findings of these rules, as globs: `D*`; empty: any"),
    ] = ()
    severity: Annotated[
        SeverityName | None, Meta(description="it is asked for findings from this severity on")
    ] = None
    by: Annotated[
        tuple[str, ...],
        Meta(description="groups whose members may approve; empty: all in --allowed-signers"),
    ] = ()
    quorum: Annotated[int, Meta(ge=1, le=9, description="how many persons have to")] = 1
    may_unblock: Annotated[bool, Meta(description="true: they may approve what is blocked")] = False


class Approvals(Setting, frozen=True, kw_only=True):
    """Whose signature lets a plan go; see [approvals](approvals.md)."""

    fingerprint: Annotated[
        FingerprintForm,
        Meta(
            description="strict: an approval is void when a value differs; loose: only when "
            "something else is done, or judged otherwise"
        ),
    ] = FingerprintForm.STRICT
    longest: Annotated[
        str,
        Meta(
            pattern=DURATION,
            description="how long an approval may hold, such as `90m`, `24h`, `7d`",
        ),
    ] = "24h"
    unknown_author: Annotated[
        UnknownAuthor,
        Meta(description="refuse: without --author no approval counts, as it may be one's own"),
    ] = UnknownAuthor.ACCEPT
    hardware_keys: Annotated[
        bool, Meta(description="true: only keys on a security key (`sk-...`) may approve")
    ] = False
    agents: Annotated[
        tuple[str, ...], Meta(description="globs of signers that may never approve: no person")
    ] = (
        "*[bot]*",
        "*-bot@*",
        "bot@*",
        "*-agent@*",
        "agent@*",
        "ci@*",
        "noreply@*",
        "cursoragent@*",
        "*@devin.ai",
        "ai@replit.com",
    )
    revoked: Annotated[
        tuple[Annotated[str, Meta(pattern=REVOKED)], ...],
        Meta(description="what no longer counts: approvals (`sha256:...`) or keys (`SHA256:...`)"),
    ] = ()
    groups: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="signers by the name of their group, as --allowed-signers writes them"),
    ] = msgspec.field(default_factory=dict)
    people: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="signers that are one person, by that person's name"),
    ] = msgspec.field(default_factory=dict)
    rules: tuple[ApprovalRule, ...] = (ApprovalRule(),)


class Policy(Setting, frozen=True, kw_only=True):
    """The whole of iacrisk.toml."""

    thresholds: Thresholds = Thresholds()
    environments: Environments = Environments()
    doubts: Doubts = Doubts()
    model: ModelSettings = ModelSettings()
    provenance: ProvenanceSettings = ProvenanceSettings()
    rules: Annotated[
        dict[str, RuleSettings], Meta(description="overrides by rule id: `[rules.N11]`")
    ] = msgspec.field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    own_rules: tuple[OwnRule, ...] = ()
    plugins: Plugins = Plugins()
    approvals: Approvals = Approvals()
    always_hold: Annotated[
        tuple[str, ...], Meta(description="globs of addresses or types whose changes always wait")
    ] = ()
    never_hold: Annotated[
        tuple[str, ...],
        Meta(description="globs of addresses or types whose changes never hold the plan"),
    ] = ()


def policy_digest(policy: Policy) -> str:
    """SHA-256 over every setting in a fixed order, defaults included.

    Revocations are left out: approvals are bound to the policy, and taking one back voids no other.
    """
    import hashlib  # noqa: PLC0415 - asked by one format

    approvals = msgspec.structs.replace(policy.approvals, revoked=())
    lasting = msgspec.structs.replace(policy, approvals=approvals)
    return hashlib.sha256(msgspec.json.encode(lasting, order="deterministic")).hexdigest()
