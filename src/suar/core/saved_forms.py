"""Forms whose act a rule may refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
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

    def saving(self) -> "Saving":
        """Return a block that saves a valid form; a conflict in it sets `is_overtaken` if the page shows conflicts."""
        return Saving(self)

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


@dataclass(frozen=True, slots=True)
class Saving:
    """The block that `SavedForm.saving` returns."""

    form: SavedForm

    def __enter__(self) -> None:
        """Begin to save."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        """Put a refusal or a conflict on the form; any other exception goes on."""
        if isinstance(error, Refused):
            self.form.refuse(error.because)
        elif isinstance(error, Conflict) and self.form.shows_conflicts:
            self.form.is_overtaken = True
        else:
            return False
        return True
