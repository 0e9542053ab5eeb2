"""Why a sound file is not taken, and what a recording is called."""

from django.utils.translation import gettext_lazy as _

SOUNDS = {
    "empty": _("This file is empty."),
    "too_large": _("This file is larger than 3 MB. Save it with fewer kilobits a second."),
    "too_long": _("This is longer than 20 minutes. Record a shorter text."),
    "other_kind": _("This is no MP3, M4A or Ogg with Opus: save it as one of these."),
    "broken": _("This file does not follow its format to the end. Save it anew and try again."),
}
RECORDINGS_REFUSED = {
    "own_draft": _("You brought this recording: somebody else listens to it and publishes it."),
    "draft_settled": _("This recording is published already."),
}
