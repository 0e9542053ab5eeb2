"""What every answer of the staff site must carry."""

from django.http import HttpResponse

from suar.website import headers

LOOSE = ("unsafe-inline", "unsafe-eval", "wasm-unsafe-eval", "http:", "https:", "*", "data:")


def lacks(answer: HttpResponse) -> list[str]:
    """List what an answer's headers lack or say otherwise."""
    wrong = [name for name, said in headers.STAFF.items() if answer.get(name) != said]
    loose = [word for word in LOOSE if word in answer.get("Content-Security-Policy", "*")]
    return [*wrong, *loose, *([] if answer.get("Cache-Control") else ["Cache-Control"])]
