"""The graph as a picture: who is drawn, where everything stands, how it looks.

`scene_of` computes the whole drawing and `render_svg` paints it, so that the command line, the page
and the service show one picture. A page holds `render_svg(scene, with_style=False)` beside
`picture_style` and `picture_script`, once each; the script gives life to what is drawn already.
"""

from iacrisk.report.picture.scene import Scene
from iacrisk.report.picture.scenes import modules_scene, nothing_scene, scene_of, unchanged_scene
from iacrisk.report.picture.svg import picture_script, picture_style, render_svg

__all__ = [
    "Scene",
    "modules_scene",
    "nothing_scene",
    "picture_script",
    "picture_style",
    "render_svg",
    "scene_of",
    "unchanged_scene",
]
