"""Names and entrances that go: nobody comes by them, or others answer."""
