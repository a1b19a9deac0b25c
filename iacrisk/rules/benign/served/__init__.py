"""Look-alikes in which the plan itself shows that whoever uses the thing is still served."""

from iacrisk.rules.benign.served.look_alikes import SUPPRESSORS

__all__ = ["SUPPRESSORS"]
