"""The graph as a picture: who is drawn, where everything stands, how it looks.

`scene_of` computes the whole drawing; `render_svg` and the page's script only paint it, so that
the SVG, the page and the service show one picture.
"""

from iacrisk.report.picture.layout import nothing_scene, scene_of
from iacrisk.report.picture.scene import Scene
from iacrisk.report.picture.svg import picture_style, render_svg

__all__ = ["Scene", "nothing_scene", "picture_style", "render_svg", "scene_of"]
