"""The answer that stands for a page which may not leave; it reaches no key and no record."""

from django.http import HttpResponse


class Unaudited(HttpResponse):
    """An empty answer instead of a page whose openings could not be written; a door words it."""

    status_code = 503
