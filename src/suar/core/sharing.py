"""Fields of a form that all forms of a kind share: to copy them costs more than to read them."""

from typing import Any


class Shared(dict[str, Any]):
    """Takes the place of a form's `base_fields`: each form has a list of its own, of one set.

    Only for a form that takes fields away or puts others in their place, and changes none.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return dict(self)
