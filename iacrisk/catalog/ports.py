"""Ports by what answers on them. IANA's registry and the products' documentation."""

Span = tuple[int, int]

WEB_PORTS: frozenset[int] = frozenset({80, 443})
"""Meant for the public where something public listens."""

ADMIN_PORTS: frozenset[int] = frozenset({22, 23, 135, 139, 445, 3389, 5800, 5900, 5985, 5986})
"""Shells, remote desktops, Windows management and file sharing."""

DATA_PORTS: frozenset[int] = frozenset(
    {
        *(1433, 1434, 1521, 1830, 2049, 2483, 2484, 3050, 3306, 4333, 5432, 5433, 5439, 6432),
        *(6379, 6380, 7000, 7199, 7473, 7474, 7687, 8086, 8087, 8123, 8182, 8529, 9000, 9042),
        *(9092, 9094, 9096, 9098, 9160, 9200, 9300, 11211, 27017, 27018, 27019, 28015, 50000),
    }
)
"""Databases, caches, brokers, search, file systems."""

CONTROL_PORTS: frozenset[int] = frozenset(
    {111, 161, 389, 636, 873, 2181, 2375, 2376, 2379, 2380, 4369, 4505, 4506, 5601, 5672}
    | {6443, 8200, 8500, 8888, 9090, 10250, 10255, 15672}
)
"""Control planes, directories and dashboards that are not for the public."""

SENSITIVE_PORTS: frozenset[int] = ADMIN_PORTS | DATA_PORTS | CONTROL_PORTS

WIDE_RANGE = 1000
"""A range of so many ports is as good as all of them."""


def sensitive_ports(ports: Span) -> tuple[int, ...]:
    """The ports of a range that nobody means to open to the world, lowest first."""
    return tuple(sorted(port for port in SENSITIVE_PORTS if ports[0] <= port <= ports[1]))


def is_web_only(ports: Span) -> bool:
    """Whether a range holds web ports and nothing else."""
    return all(port in WEB_PORTS for port in range(ports[0], min(ports[1], ports[0] + 5) + 1))
