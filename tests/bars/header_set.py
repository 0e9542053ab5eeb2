"""What every answer of the staff site must carry."""

from django.conf import settings
from django.http import HttpResponse

from suar.core.files.downloads import PICTURE_LINKED
from suar.website import headers

LOOSE = ("unsafe-inline", "unsafe-eval", "wasm-unsafe-eval", "http:", "https:", "*", "data:")
NEEDS = {
    "attachment": PICTURE_LINKED,
    "request_file": PICTURE_LINKED,
    "recording": headers.AUDIO,
    "import_rest": headers.FILE_ALONE,
}
"""Pages with a picture from the site of files, or a sound, and files to save."""


def lacks(answer: HttpResponse, *, need: str = "") -> list[str]:
    """List what an answer's headers lack or say otherwise; `need` is the one exception that its page may have."""
    policy, wanted = answer.get(headers.POLICY, "*"), {**headers.STAFF}
    if policy == headers.policy_for(wanted[headers.POLICY], need):
        wanted[headers.POLICY] = policy
    wrong = [name for name, said in wanted.items() if answer.get(name) != said]
    loose = [word for word in LOOSE if word in (policy.replace(settings.SUAR_FILES_ORIGIN, "") if need else policy)]
    return [*wrong, *loose, *([] if answer.get("Cache-Control") else ["Cache-Control"])]
