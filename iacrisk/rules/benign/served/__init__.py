"""Look-alikes in which the plan itself shows that whoever uses the thing is still served."""

from typing import Final

from iacrisk.rules.benign.served.look_alikes import amazon as amazon_look_alikes
from iacrisk.rules.benign.served.look_alikes import amazon_glue as amazon_glue_look_alikes
from iacrisk.rules.benign.served.look_alikes import amazon_idle as amazon_idle_look_alikes
from iacrisk.rules.benign.served.look_alikes import amazon_known as amazon_known_look_alikes
from iacrisk.rules.benign.served.look_alikes import amazon_paths as amazon_paths_look_alikes
from iacrisk.rules.benign.served.look_alikes import amazon_spared as amazon_spared_look_alikes
from iacrisk.rules.benign.served.look_alikes import clouds as clouds_look_alikes
from iacrisk.rules.benign.served.look_alikes import clouds_spared as clouds_spared_look_alikes
from iacrisk.rules.benign.served.look_alikes import general as look_alikes
from iacrisk.rules.benign.served.look_alikes import kept as kept_look_alikes
from iacrisk.rules.benign.served.look_alikes import little_lost
from iacrisk.rules.benign.served.look_alikes import logins as logins_look_alikes
from iacrisk.rules.benign.served.look_alikes import moved as moved_look_alikes
from iacrisk.rules.benign.served.look_alikes import pods as pods_look_alikes
from iacrisk.rules.benign.served.look_alikes import unbound as unbound_look_alikes
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
