"""The engine over plain HTTP, for any CI."""

from iacrisk.service.api.routes import api_routes

__all__ = ["api_routes"]
