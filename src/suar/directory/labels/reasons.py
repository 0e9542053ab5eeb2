"""Words for reasons: why a service fits or not."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from suar.directory import catalogue
from suar.directory.facts import Reason, ServiceFacts
from suar.directory.labels.codes import language_name, place

NONE = pgettext_lazy("an answer", "None")
NOT_TOLD = pgettext_lazy("an answer", "Not told")
REASONS = {
    "EL_SEX.open": gettext_lazy("Takes everyone, whatever their sex"),
    "EL_SEX.match": gettext_lazy("Takes %(values)s"),
    "EL_SEX.restricts": gettext_lazy("Takes only %(values)s: ask first"),
    "EL_SEX.mismatch": gettext_lazy("Takes only %(values)s"),
    "EL_SEX.unknown": gettext_lazy("Not told whether they take men or women: ask first"),
    "EL_AGE.match": gettext_lazy("Takes %(ages)s"),
    "EL_AGE.restricts": gettext_lazy("Takes %(ages)s: ask first"),
    "EL_AGE.mismatch": gettext_lazy("Takes only %(ages)s"),
    "EL_AGE.unknown": gettext_lazy("Not told for which ages: ask first"),
    "EL_CHILDREN_WITH.open": gettext_lazy("Children may come too"),
    "EL_CHILDREN_WITH.match": gettext_lazy("Children up to %(values)s years may come too"),
    "EL_CHILDREN_WITH.restricts": gettext_lazy("Not every child may come too: ask first"),
    "EL_CHILDREN_WITH.mismatch": gettext_lazy("Not all the children may come too"),
    "EL_CHILDREN_WITH.unknown": gettext_lazy("Not told whether children may come too: ask first"),
    "EL_NATIONALITY.open": gettext_lazy("Takes people of every nationality"),
    "EL_NATIONALITY.match": gettext_lazy("Takes %(values)s"),
    "EL_NATIONALITY.restricts": gettext_lazy("Takes only %(values)s: ask first"),
    "EL_NATIONALITY.mismatch": gettext_lazy("Takes only %(values)s"),
    "EL_NATIONALITY.unknown": gettext_lazy("Not told for which nationalities: ask first"),
    "EL_STAY.open": gettext_lazy("No stay permit needed"),
    "EL_STAY.match": gettext_lazy("Asks for a stay permit"),
    "EL_STAY.restricts": gettext_lazy("Asks for a stay permit: ask first"),
    "EL_STAY.mismatch": gettext_lazy("Takes only people with a stay permit"),
    "EL_STAY.unknown": gettext_lazy("Not told whether a stay permit is needed: ask first"),
    "EL_STAY.warning": gettext_lazy("Help must not depend on a stay permit: raise it with the service"),
    "EL_PAPERS.open.NONE": gettext_lazy("No papers needed"),
    "EL_PAPERS.open.HELP_GIVEN": gettext_lazy("Helps to get papers"),
    "EL_PAPERS.match": gettext_lazy("Asks for papers the person has"),
    "EL_PAPERS.restricts": gettext_lazy("Asks for papers: %(values)s. Ask first"),
    "EL_PAPERS.mismatch": gettext_lazy("Asks for papers: %(values)s"),
    "EL_PAPERS.unknown": gettext_lazy("Not told which papers are needed: ask first"),
    "EL_FORM.open": gettext_lazy("Helps after every kind of exploitation"),
    "EL_FORM.match": gettext_lazy("Helps after: %(values)s"),
    "EL_FORM.restricts": gettext_lazy("Helps only after: %(values)s. Ask first"),
    "EL_FORM.mismatch": gettext_lazy("Helps only after: %(values)s"),
    "EL_FORM.unknown": gettext_lazy("Not told after which kinds of exploitation: ask first"),
    "EL_FORMAL.open": gettext_lazy("No formal status needed"),
    "EL_FORMAL.match": gettext_lazy("Asks for a formal status the person has"),
    "EL_FORMAL.restricts": gettext_lazy("Asks for a formal status: %(values)s. Ask first"),
    "EL_FORMAL.mismatch": gettext_lazy("Asks for a formal status: %(values)s"),
    "EL_FORMAL.unknown": gettext_lazy("Not told whether a formal status is needed: ask first"),
    "EL_COOPERATION.states.YES": gettext_lazy("Asks people to talk to the police before it helps"),
    "EL_COOPERATION.states.NO": gettext_lazy("Helps without talking to the police"),
    "EL_COOPERATION.unknown": gettext_lazy("Not told whether talking to the police is asked: ask first"),
    "EL_AREA.site": gettext_lazy("In %(values)s"),
    "EL_AREA.match": gettext_lazy("Serves %(values)s"),
    "EL_AREA.open": gettext_lazy("Serves all of Indonesia"),
    "EL_AREA.part": gettext_lazy("Serves only a part: %(values)s. Ask first"),
    "EL_AREA.restricts": gettext_lazy("Serves %(values)s: ask first"),
    "EL_AREA.mismatch": gettext_lazy("Serves only %(values)s"),
    "EL_AREA.unknown": gettext_lazy("Not told which places they serve: ask first"),
    "EL_COST.states.FREE": gettext_lazy("Free"),
    "EL_COST.states.PARTLY": gettext_lazy("Costs something"),
    "EL_COST.states.FULL": gettext_lazy("Has to be paid"),
    "EL_COST.states.INSURANCE": gettext_lazy("Paid by health insurance: ask first"),
    "EL_COST.unknown": gettext_lazy("Not told what it costs: ask first"),
    "EL_LANGUAGE.open": gettext_lazy("An interpreter can be there"),
    "EL_LANGUAGE.match": gettext_lazy("Speaks %(values)s"),
    "EL_LANGUAGE.restricts": gettext_lazy("Speaks %(values)s: ask first"),
    "EL_LANGUAGE.mismatch": gettext_lazy("Speaks only %(values)s: ask whether an interpreter may come"),
    "EL_LANGUAGE.unknown": gettext_lazy("Not told which languages they speak: ask first"),
    "EL_TIME.urgent.24_7": gettext_lazy("Open now, day and night"),
    "EL_TIME.urgent": gettext_lazy("Not open day and night"),
    "EL_TIME.unknown": gettext_lazy("Not told when they are open: ask first"),
    "EL_CAPACITY.free": gettext_lazy("Free places: %(values)s"),
    "EL_CAPACITY.full": gettext_lazy("Was full when last told: ask first"),
    "EL_DISABILITY.match": gettext_lazy("Has %(values)s"),
    "EL_DISABILITY.mismatch": gettext_lazy("Not told to have %(values)s: ask first"),
    "EL_DISABILITY.unknown": gettext_lazy("Not told how people with disabilities get in: ask first"),
    "EL_RESIDENTIAL.match": gettext_lazy("As wished: %(values)s"),
    "EL_RESIDENTIAL.mismatch": gettext_lazy("Not as wished: %(values)s"),
    "EL_RESIDENTIAL.unknown": gettext_lazy("Not told whether people stay there: ask first"),
    "EL_EXCLUSION.restricts": gettext_lazy("Does not take everyone, not: %(values)s. Ask first"),
    "EL_EXCLUSION.mismatch": gettext_lazy("Does not take: %(values)s"),
    "EL_EXCLUSION.unknown": gettext_lazy("Not told whom they do not take: ask first"),
    "EL_FAMILY.match": gettext_lazy("Helps relatives too: %(values)s"),
    "EL_FAMILY.mismatch": gettext_lazy("Helps relatives: %(values)s"),
    "EL_FAMILY.unknown": gettext_lazy("Not told whether they help relatives: ask first"),
    "AC_CHECKED.old": gettext_lazy("Not confirmed for a long time: call before going"),
    "AC_CHECKED.too_old": gettext_lazy("Not confirmed for too long"),
    "AC_CHECKED.never": gettext_lazy("Nobody has confirmed this entry yet: ask first"),
}


def reason(one: Reason) -> str:
    """Say one reason."""
    key = f"{one.attribute}.{one.outcome}"
    words = REASONS.get(f"{key}.{one.values[0]}" if one.values else key) or REASONS.get(key)
    if words is None:
        return values(one.attribute, one.values)
    filled = {"values": values(one.attribute, one.values), "ages": ages(*one.values[:2])}
    return str(words) % filled if "%(" in str(words) else str(words)


def values(attribute: str, codes: Iterable[str]) -> str:
    """Say the values of an attribute, one after the other."""
    return ", ".join(_value(attribute, code) for code in codes)


def stated_attributes() -> list[str]:
    """Name the attributes that a service can be asked about one by one."""
    return [code for code, row in catalogue.attributes().items() if "service" in row["match"]]


def stated(attribute: str, facts: ServiceFacts) -> str:
    """Say what a service tells of one attribute."""
    told = getattr(facts, catalogue.attributes()[attribute]["match"]["service"])
    if told is None:
        return str(NOT_TOLD)
    if isinstance(told, bool):
        return _("Yes") if told else _("No")
    codes = [told] if isinstance(told, str) else sorted(told)
    return values(attribute, codes)


def value(code: str) -> str:
    """Say a value, whichever attribute it belongs to; a code without words stays as it is."""
    known = catalogue.value_words()
    if code == "NONE":
        return str(NONE)
    for found in known.values():
        if code in found:
            return found[code].say(_language())
    return code


def ages(low: str = "", high: str = "") -> str:
    """Say who is in an age range, open at the top when `high` is empty."""
    if low in ("", "0"):
        under = _("people under %(age)s") % {"age": int(high) + 1} if high else ""
        return under or _("all ages")
    if not high:
        return _("people of %(low)s and older") % {"low": low}
    return _("people from %(low)s to %(high)s") % {"low": low, "high": high}


def _value(attribute: str, code: str) -> str:
    if attribute == "EL_AREA":
        return place(code)
    if attribute == "EL_LANGUAGE":
        return language_name(code)
    known = catalogue.value_words().get(attribute, {}).get(code)
    return known.say(_language()) if known else code


def _language() -> str:
    return get_language() or "en"
