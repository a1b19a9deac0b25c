"""A scene as PNG, for places that take no SVG: in light colours, at twice the size.

resvg draws it; it comes with the extra `png`. It knows no variables and no media queries in style
sheets, so it is given one without, and it leaves out text silently where there is no font.
"""

from __future__ import annotations

from typing import Final

from iacrisk.errors import SettingsError
from iacrisk.patterns import regex
from iacrisk.report.picture.scene import Scene
from iacrisk.report.picture.svg import picture_style, render_svg

_ZOOM: Final = 2
_MEDIA: Final = regex(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}")
_VARIABLE: Final = regex(r"--([a-z_-]+):\s*([^;]+);")
_USE: Final = regex(r"var\(--([a-z_-]+)[^)]*\)")
_PROBE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="ir-picture" width="20" height="20">'
    '<text x="2" y="16">{}</text></svg>'
)


def render_png(scene: Scene) -> bytes:
    """The drawing; raises SettingsError where the extra or every font is missing."""
    style = plain_style()
    if _draw(_PROBE.format("M"), style) == _draw(_PROBE.format(""), style):
        raise SettingsError(
            "There is no font on this machine, so a PNG would have no words. Install one, such as "
            "DejaVu Sans Mono, or use --format svg."
        )
    return _draw(render_svg(scene, with_style=False), style)


def plain_style() -> str:
    """The light style sheet with every variable's value in its place."""
    style = _MEDIA.sub("", picture_style())
    values = dict(_VARIABLE.findall(style))
    return _USE.sub(lambda use: values.get(use[1], "none"), _VARIABLE.sub("", style))


def _draw(svg: str, style: str) -> bytes:
    try:
        import resvg_py  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise SettingsError(
            "PNG needs the extra `png`: pip install 'iacrisk[png]', or use --format svg."
        ) from error
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, style_sheet=style, zoom=_ZOOM))
