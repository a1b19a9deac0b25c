"""The look-alikes themselves, with the traps in which each is none."""
