"""Words for reasons: why a service fits or not."""

from collections.abc import Iterable

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from suar.directory import catalogue
from suar.directory.labels.codes import language_name, place
from suar.directory.terms import Effect, Fit, Reason, ServiceFacts

ORDER = (Effect.AGAINST, Effect.ASK, Effect.WARN, Effect.FOR)
NONE = pgettext_lazy("an answer", "None")
NOT_TOLD = pgettext_lazy("an answer", "Not told")
REASONS = {
    "EL_SEX.open": later("Takes everyone, whatever their sex"),
    "EL_SEX.match": later("Takes %(values)s"),
    "EL_SEX.restricts": later("Takes only %(values)s: ask first"),
    "EL_SEX.mismatch": later("Takes only %(values)s"),
    "EL_SEX.unknown": later("Not told whether they take men or women: ask first"),
    "EL_AGE.match": later("Takes people aged %(ages)s"),
    "EL_AGE.restricts": later("Takes people aged %(ages)s: ask first"),
    "EL_AGE.mismatch": later("Takes only people aged %(ages)s"),
    "EL_AGE.unknown": later("Not told for which ages: ask first"),
    "EL_CHILDREN_WITH.open": later("Children may come too"),
    "EL_CHILDREN_WITH.match": later("Children up to %(values)s years may come too"),
    "EL_CHILDREN_WITH.restricts": later("Not every child may come too: ask first"),
    "EL_CHILDREN_WITH.mismatch": later("Not all the children may come too"),
    "EL_CHILDREN_WITH.unknown": later("Not told whether children may come too: ask first"),
    "EL_NATIONALITY.open": later("Takes people of every nationality"),
    "EL_NATIONALITY.match": later("Takes %(values)s"),
    "EL_NATIONALITY.restricts": later("Takes only %(values)s: ask first"),
    "EL_NATIONALITY.mismatch": later("Takes only %(values)s"),
    "EL_NATIONALITY.unknown": later("Not told for which nationalities: ask first"),
    "EL_STAY.open": later("No stay permit needed"),
    "EL_STAY.match": later("Asks for a stay permit"),
    "EL_STAY.restricts": later("Asks for a stay permit: ask first"),
    "EL_STAY.mismatch": later("Takes only people with a stay permit"),
    "EL_STAY.unknown": later("Not told whether a stay permit is needed: ask first"),
    "EL_STAY.warning": later("Help must not depend on a stay permit: raise it with the service"),
    "EL_PAPERS.open.NONE": later("No papers needed"),
    "EL_PAPERS.open.HELP_GIVEN": later("Helps to get papers"),
    "EL_PAPERS.match": later("Asks for papers the person has"),
    "EL_PAPERS.restricts": later("Asks for papers: %(values)s. Ask first"),
    "EL_PAPERS.mismatch": later("Asks for papers: %(values)s"),
    "EL_PAPERS.unknown": later("Not told which papers are needed: ask first"),
    "EL_FORM.open": later("Helps after every kind of exploitation"),
    "EL_FORM.match": later("Helps after: %(values)s"),
    "EL_FORM.restricts": later("Helps only after: %(values)s. Ask first"),
    "EL_FORM.mismatch": later("Helps only after: %(values)s"),
    "EL_FORM.unknown": later("Not told after which kinds of exploitation: ask first"),
    "EL_FORMAL.open": later("No formal status needed"),
    "EL_FORMAL.match": later("Asks for a formal status the person has"),
    "EL_FORMAL.restricts": later("Asks for a formal status: %(values)s. Ask first"),
    "EL_FORMAL.mismatch": later("Asks for a formal status: %(values)s"),
    "EL_FORMAL.unknown": later("Not told whether a formal status is needed: ask first"),
    "EL_COOPERATION.states.YES": later("Asks people to talk to the police before it helps"),
    "EL_COOPERATION.states.NO": later("Helps without talking to the police"),
    "EL_COOPERATION.unknown": later("Not told whether talking to the police is asked: ask first"),
    "EL_AREA.site": later("In %(values)s"),
    "EL_AREA.match": later("Serves %(values)s"),
    "EL_AREA.open": later("Serves all of Indonesia"),
    "EL_AREA.part": later("Serves only a part: %(values)s. Ask first"),
    "EL_AREA.restricts": later("Serves %(values)s: ask first"),
    "EL_AREA.mismatch": later("Serves only %(values)s"),
    "EL_AREA.unknown": later("Not told which places they serve: ask first"),
    "EL_COST.states.FREE": later("Free"),
    "EL_COST.states.PARTLY": later("Costs something"),
    "EL_COST.states.FULL": later("Has to be paid"),
    "EL_COST.states.INSURANCE": later("Paid by health insurance: ask first"),
    "EL_COST.unknown": later("Not told what it costs: ask first"),
    "EL_LANGUAGE.open": later("An interpreter can be there"),
    "EL_LANGUAGE.match": later("Speaks %(values)s"),
    "EL_LANGUAGE.restricts": later("Speaks %(values)s: ask first"),
    "EL_LANGUAGE.mismatch": later("Speaks only %(values)s: ask whether an interpreter may come"),
    "EL_LANGUAGE.unknown": later("Not told which languages they speak: ask first"),
    "EL_TIME.urgent.24_7": later("Open now, day and night"),
    "EL_TIME.urgent": later("Not open day and night"),
    "EL_TIME.unknown": later("Not told when they are open: ask first"),
    "EL_CAPACITY.free": later("Free places: %(values)s"),
    "EL_CAPACITY.full": later("Was full when last told: ask first"),
    "EL_DISABILITY.match": later("Has %(values)s"),
    "EL_DISABILITY.mismatch": later("Not told to have %(values)s: ask first"),
    "EL_DISABILITY.unknown": later("Not told how people with disabilities get in: ask first"),
    "EL_RESIDENTIAL.match": later("As wished: %(values)s"),
    "EL_RESIDENTIAL.mismatch": later("Not as wished: %(values)s"),
    "EL_RESIDENTIAL.unknown": later("Not told whether people stay there: ask first"),
    "EL_EXCLUSION.restricts": later("Does not take everyone, not: %(values)s. Ask first"),
    "EL_EXCLUSION.mismatch": later("Does not take: %(values)s"),
    "EL_EXCLUSION.unknown": later("Not told whom they do not take: ask first"),
    "EL_FAMILY.match": later("Helps relatives too: %(values)s"),
    "EL_FAMILY.mismatch": later("Helps relatives: %(values)s"),
    "EL_FAMILY.unknown": later("Not told whether they help relatives: ask first"),
    "AC_CHECKED.old": later("Not confirmed for half a year: call before going"),
    "AC_CHECKED.too_old": later("Not confirmed for a year"),
    "AC_CHECKED.never": later("Nobody has confirmed this entry yet: ask first"),
}


def because(fit: Fit, *, most: int | None = None) -> list[str]:
    """Say why a service fits or not: what speaks against and what to ask first, then the rest."""
    told = [each for effect in ORDER for each in fit.because if each.effect is effect]
    return [reason(each) for each in told][:most]


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
    """Say an age range, open at the top when `high` is empty."""
    if low in ("", "0") and not high:
        return _("0 and older")
    if not high:
        return _("%(low)s and older") % {"low": low}
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _value(attribute: str, code: str) -> str:
    if attribute == "EL_AREA":
        return place(code)
    if attribute == "EL_LANGUAGE":
        return language_name(code)
    known = catalogue.value_words().get(attribute, {}).get(code)
    return known.say(_language()) if known else code


def _language() -> str:
    return get_language() or "en"
