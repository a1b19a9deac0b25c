"""The pages for people: sign in, see what waits, look at one plan, approve or reject, look back.

Server-rendered with the parts of `report.page`, so that a plan looks the same here as in its HTML
report. Everything works without JavaScript. Text from a plan reaches a page through templates that
escape it, and nowhere else.
"""

from iacrisk.service.pages.desk import Desk, make_desk
from iacrisk.service.pages.failures import page_not_found
from iacrisk.service.pages.routes import page_routes

__all__ = ["Desk", "make_desk", "page_not_found", "page_routes"]
