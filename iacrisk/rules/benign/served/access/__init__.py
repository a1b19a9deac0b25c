"""Rights that go: nobody used them, or they are held otherwise."""
