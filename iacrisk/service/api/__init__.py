"""The engine over plain HTTP, for any CI."""
