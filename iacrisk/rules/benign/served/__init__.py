"""Look-alikes in which the plan itself shows that whoever uses the thing is still served."""

from typing import Final

from iacrisk.rules.benign.served import (
    amazon_glue_look_alikes,
    amazon_idle_look_alikes,
    amazon_known_look_alikes,
    amazon_look_alikes,
    amazon_paths_look_alikes,
    amazon_spared_look_alikes,
    clouds_look_alikes,
    clouds_spared_look_alikes,
    kept_look_alikes,
    little_lost,
    logins_look_alikes,
    look_alikes,
    moved_look_alikes,
    pods_look_alikes,
    unbound_look_alikes,
)
from iacrisk.rules.rule import Suppressor

SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    *look_alikes.SUPPRESSORS,
    *little_lost.SUPPRESSORS,
    *amazon_look_alikes.SUPPRESSORS,
    *amazon_glue_look_alikes.SUPPRESSORS,
    *amazon_idle_look_alikes.SUPPRESSORS,
    *amazon_spared_look_alikes.SUPPRESSORS,
    *amazon_paths_look_alikes.SUPPRESSORS,
    *amazon_known_look_alikes.SUPPRESSORS,
    *moved_look_alikes.SUPPRESSORS,
    *clouds_look_alikes.SUPPRESSORS,
    *pods_look_alikes.SUPPRESSORS,
    *logins_look_alikes.SUPPRESSORS,
    *clouds_spared_look_alikes.SUPPRESSORS,
    *kept_look_alikes.SUPPRESSORS,
    *unbound_look_alikes.SUPPRESSORS,
)

__all__ = ["SUPPRESSORS"]
