"""The forms that resource classes have in a picture, each in a square of 20 by 20.

Form carries the meaning as well as colour does; the colours are in assets/picture.css.
"""

from __future__ import annotations

from typing import Final

import msgspec

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.graph import Node, NodeKind


class Shape(msgspec.Struct, frozen=True):
    """What it is called in the legend, and its outline as an SVG path."""

    words: str
    outline: str


SHAPES: Final = {
    "stateful": Shape(
        "holds data",
        "M3 5v10c0 1.7 3.1 3 7 3s7-1.3 7-3V5c0-1.7-3.1-3-7-3S3 3.3 3 5c0 1.7 3.1 3 7 3s7-1.3 7-3",
    ),
    "container": Shape("holds others", "M2 4h6l2 2.5h8V16.5H2z"),
    "encryption": Shape(
        "key", "M6.5 6a4 4 0 1 0 3.9 5.2H13V14.5h3V11.2h2V8.8h-7.6A4 4 0 0 0 6.5 6z"
    ),
    "cluster": Shape("cluster", "M10 2l7 4v8l-7 4-7-4V6z"),
    "identity": Shape(
        "access",
        "M10 2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 1 1 0-7.6zM2.5 18c0-4.2 3.3-6.8 7.5"
        "-6.8s7.5 2.6 7.5 6.8z",
    ),
    "network_path": Shape("network path", "M1.5 10l5-5v3h7V5l5 5-5 5v-3h-7v3z"),
    "entry_point": Shape("entry point", "M2.5 3.5H11l7 6.5-7 6.5H2.5z"),
    "control": Shape("guard", "M10 2l7 2.5v5c0 4.5-2.8 7.2-7 8.5-4.2-1.3-7-4-7-8.5v-5z"),
    "compute": Shape("compute", "M3.5 3.5h13v13h-13zM8 8v4h4V8z"),
    "stateless": Shape("made again", "M10 3.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 1 1 0-13z"),
    "other": Shape("other", "M10 3l7 7-7 7-7-7z"),
    "output": Shape("output", "M4 2v16.5h2.5V12.5H17l-3.5-4.8L17 3H6.5V2z"),
    "modules": Shape("module", "M2.5 6.5h11v11h-11zM6.5 2.5h11v11h-2v-9h-9z"),
}


def shape_of(node: Node) -> str:
    """The name of the form of what the node stands for."""
    if node.kind is NodeKind.OUTPUT:
        return "output"
    return class_of(node).lower()


def class_of(node: Node) -> ResourceClass:
    """The class of the node's resource type."""
    return resource_type(node.type).resource_class
