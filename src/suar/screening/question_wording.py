"""One question of a draft while its words are edited: one that ships, one's own, or a new one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.urls import reverse

from suar.core.refusals import NotYours
from suar.screening import question_pages as pages
from suar.screening.forms_questions import Choices, WordsForm, typed
from suar.screening.question_shelf import Draft
from suar.screening.rules import changing
from suar.screening.rules.changes import Added, Changes, Reworded
from suar.screening.rules.checking import Fault, faults, signs_of, themes_of
from suar.screening.rules.filing import is_edited
from suar.screening.rules.reading import instrument
from suar.screening.rules.shapes import Text
from suar.screening.speaking import code_words, say

NO_WORDS = Reworded(Text("", ""), Text("", ""))


@dataclass(frozen=True, slots=True)
class Wording:
    """A question of a draft; `usual` are the shipped words, None for one of the house's own."""

    draft: Draft
    code: str
    theme: str
    usual: Reworded | None
    stays: bool = False

    @property
    def is_own(self) -> bool:
        """Say whether the house asks it besides what ships."""
        return self.usual is None

    @property
    def now(self) -> Reworded:
        """Give the words as the draft has them now."""
        return pages.words_of(self.draft, self.code) or NO_WORDS

    @property
    def heading(self) -> str:
        """Give the theme it is asked in."""
        return pages.theme_label(self.draft.raw, self.theme)

    @property
    def address(self) -> str:
        """Give the page on which it is worded."""
        if self.code:
            return reverse("question_words", args=[self.draft.id, self.code])
        return reverse("question_new", args=[self.draft.id, self.theme])

    def form(self, data: Mapping[str, Any] | None = None) -> WordsForm:
        """Give the form as it was sent, or with the words of the draft and what is wrong there."""
        signs = _signs(self.draft) if self.is_own else ()
        child = self.is_own or (self.usual is not None and self.usual.child is not None)
        if data is not None:
            return WordsForm(data, child=child, signs=signs)
        own = self.draft.changes.own(self.code)
        there = typed(self.now, edition=self.draft.edition, sign=own.sign if own else "")
        form = WordsForm(there, child=child, signs=signs)
        if self.code:
            form.say_faults(self.wrong(self.draft.changes), pages.why)
        else:
            form = WordsForm(initial=dict(there), child=child, signs=signs)
        return form

    def changed(self, form: WordsForm) -> Changes:
        """Give the changes of the draft with what was typed."""
        words = form.words(child_may_miss=self.is_own)
        if not self.is_own:
            return changing.reworded(self.draft.raw, self.draft.changes, self.code, words)
        sign = form.cleaned_data["sign"]
        own = Added(self.code, self.theme, words.text, words.child, sign)
        return changing.with_own(self.draft.changes, own)

    def as_shipped(self) -> Changes:
        """Give the changes of the draft with the shipped words of this question."""
        wording = {each: said for each, said in self.draft.changes.wording.items() if each != self.code}
        return replace(self.draft.changes, wording=wording)

    def wrong(self, changes: Changes) -> list[Fault]:
        """Give what is wrong in this question."""
        return [each for each in faults(self.draft.raw, changes) if each.question == self.code]


def wording(draft: Draft, *, code: str, theme: str = "") -> Wording:
    """Give a question of a draft; raises NotYours for one that it does not have.

    One of the house's own that a colleague took away meanwhile is a new one in its `theme`.
    """
    own = draft.changes.own(code)
    if own is not None:
        return Wording(draft, code, own.theme, None)
    if theme and code.startswith(changing.OWN_PREFIX):
        return new_question(draft, theme=theme)
    try:
        question = changing.question_of(draft.raw, code)
    except KeyError:
        raise NotYours from None
    if not is_edited(question):
        raise NotYours
    stays = pages.why_stays(draft.raw, code) is not None
    usual = changing.usual_words(question)
    return Wording(draft, code, question.get("theme") or "", usual, stays=stays)


def new_question(draft: Draft, *, theme: str) -> Wording:
    """Give a question that is not there yet; raises NotYours for a theme that takes none."""
    if theme not in themes_of(draft.raw):
        raise NotYours
    return Wording(draft, "", theme, None)


def _signs(draft: Draft) -> Choices:
    """List the signs an own question may point to, by element."""
    talk = instrument(draft.form, draft.base)
    told = [talk.signs[code] for code in signs_of(draft.raw)]
    return [
        (code_words(talk, element.value), [(each.code, say(each.text)) for each in group])
        for element, group in groupby(told, key=lambda each: each.element)
        if element
    ]
