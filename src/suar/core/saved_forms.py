"""Forms whose act a rule may refuse."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, cast

from django import forms
from django.http import QueryDict

from suar.core.refusals import Conflict, Refused


class SavedForm(forms.Form):
    """A form whose act a rule may refuse: `with form.saving(): ...` makes the reason an error of the form.

    Each app says by `refusal_text` in which words.
    """

    problem_fields: ClassVar[Mapping[str, str]] = {}
    problem_field: ClassVar[str | None] = None
    """The field at which the reason of a refusal stands, for some reasons and for all others; None is the form."""
    shows_conflicts: ClassVar[bool] = False
    """True if the page shows what a colleague stored meanwhile beside what was typed."""
    is_overtaken = False

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Save a valid form in a block; a conflict in it sets `is_overtaken` if the page shows conflicts."""
        try:
            yield
        except Refused as refusal:
            self.refuse(refusal.because)
        except Conflict:
            if not self.shows_conflicts:
                raise
            self.is_overtaken = True

    def refuse(self, because: str) -> None:
        """Add the reason of a refusal."""
        self.add_error(self.problem_fields.get(because, self.problem_field), self.refusal_text(because))

    def refusal_text(self, because: str) -> str:
        """Return the reason of a refusal in words; the forms of each app have their own."""
        raise NotImplementedError

    def show_again(self, **values: object) -> None:
        """Show what was typed once more with other values, such as the version that is stored now."""
        self.data = data = cast(QueryDict, self.data).copy()
        data.update({name: str(value) for name, value in values.items()})

    @property
    def status(self) -> int:
        """The status of a page that shows the form."""
        return 409 if self.is_overtaken else 400 if self.errors else 200
