"""QR codes, drawn as plain SVG without any style."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

QUIET = 4
"""Empty modules around the code that cameras need to detect it."""


def draw(text: str) -> SafeString:
    """Draw a text as a QR code; dark on light also in dark mode."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=QUIET))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg class="square" viewBox="0 0 {size} {size}" width="240" height="240" role="img" '
        'aria-label="{label}" shape-rendering="crispEdges">'
        '<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{path}"/></svg>',
        size=len(rows),
        label=_("QR code for the app's camera. The same secret is written below in letters."),
        path=path,
    )
