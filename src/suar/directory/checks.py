"""What a start says of the directory's own files: a warning stops nobody."""

from typing import Any

from django.core import checks

from suar.directory import outlines
from suar.directory.rules.outlines import BadOutlines


@checks.register()
def look_at_outlines(**_: Any) -> list[checks.CheckMessage]:
    """Warn of a file of outlines that the public door will not draw."""
    if not outlines.path().exists():
        return []
    try:
        outlines.read(outlines.path())
    except BadOutlines as error:
        said = f"{outlines.NAME} is not used, places are shown as tiles: {error}."
        return [checks.Warning(said, hint="./suar manage check_places", id="directory.W001")]
    return []
