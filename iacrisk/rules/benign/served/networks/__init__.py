"""Ways that go: nobody took them, or another one leads there."""
