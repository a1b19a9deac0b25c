"""The scripts that the tests of hosts ran in this session; FOLDER is their working directory."""

SCRIPTS: list[str] = []
