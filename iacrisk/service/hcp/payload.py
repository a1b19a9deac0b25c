"""What a webhook of HCP Terraform says, as far as the service reads it."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

TEST_TOKEN: Final = "test-token"  # noqa: S105 - HCP's own word in the ping

TaskResultId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
STAGES: Final = frozenset(("pre_plan", "post_plan", "pre_apply", "post_apply"))


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What this HCP can do."""

    outcomes: bool | None = None


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The members of a webhook, without its token, which is kept apart. Others are ignored."""

    payload_version: int
    stage: str
    task_result_id: TaskResultId
    task_result_callback_url: str
    task_result_enforcement_level: str = ""
    plan_json_api_url: str | None = None
    capabilities: Capabilities | None = None
    is_speculative: bool = False
    organization_name: str = ""
    workspace_name: str = ""
    workspace_id: str = ""
    run_id: str = ""
    run_app_url: str | None = None
    run_message: str | None = None
    run_created_by: str | None = None

    @property
    def stage_name(self) -> str:
        """The stage as it is spelled today; an edition of 2022 wrote hyphens."""
        return self.stage.replace("-", "_")

    @property
    def takes_outcomes(self) -> bool:
        """Whether outcomes may be sent."""
        return self.capabilities is not None and self.capabilities.outcomes is True


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """Only the token, for the ping and for the store."""

    access_token: str
