"""Who the people are: sign-in, sessions, roles, and what protects their browsers.

Nothing here draws a page or knows what an assessment is.
"""

from iacrisk.service.people.boot import word_at_boot
from iacrisk.service.people.headers import Headers

__all__ = ["Headers", "word_at_boot"]
