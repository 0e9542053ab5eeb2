"""Words for what is wrong with a file, to be looked at, or left out of it on purpose."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suar.directory.documents import Problem

PROBLEMS = {
    # the file as a whole
    "empty_file": gettext_lazy("The file is empty."),
    "too_big": gettext_lazy("The file is too large: at most 20 MB, also when unpacked."),
    "xml": gettext_lazy("This is XML. HSDS comes as JSON or as CSV tables."),
    "spreadsheet": gettext_lazy("This is a spreadsheet. Save its tables as CSV and zip them."),
    "not_hsds": gettext_lazy("This is nothing that HSDS knows."),
    "bad_json": gettext_lazy("The JSON is broken near line %(detail)s."),
    "bad_csv": gettext_lazy("The table is broken: a quotation mark is missing."),
    "bad_zip": gettext_lazy("The zip is broken."),
    "bad_encoding": gettext_lazy("The letters are not UTF-8. Save the file as UTF-8."),
    "nul": gettext_lazy("The file holds signs that no text has."),
    "repeated_key": gettext_lazy("A name stands twice where it may stand once. %(detail)s"),
    "too_deep": gettext_lazy("Things stand in things more than %(detail)s times."),
    "too_many_rows": gettext_lazy("There are more than %(detail)s rows. Cut the file in parts."),
    "too_many_problems": gettext_lazy("More than %(detail)s things are wrong; the rest was not read."),
    "too_many_files": gettext_lazy("The zip holds more than %(detail)s files."),
    "too_much_memory": gettext_lazy("Reading the file takes more memory than is allowed."),
    "too_slow": gettext_lazy("Reading the file takes longer than %(detail)s seconds."),
    "child_failed": gettext_lazy("The file could not be read."),
    "no_tables": gettext_lazy("There is no HSDS table in it, such as services.csv."),
    "duplicate_file": gettext_lazy("The table %(detail)s is there twice."),
    "zip_path": gettext_lazy("The zip holds a path that leads out of it: %(detail)s"),
    "zip_link": gettext_lazy("The zip holds a link: %(detail)s"),
    "zip_secret": gettext_lazy("The zip asks for a password: %(detail)s"),
    "zip_bomb": gettext_lazy("The zip grows far too much when unpacked: %(detail)s"),
    # one row or field
    "missing": gettext_lazy("This must be there."),
    "null": gettext_lazy("This must hold something, or be left out."),
    "cells": gettext_lazy("The row has more or fewer cells than the head, which has %(detail)s."),
    "not_object": gettext_lazy("This must be an object with named fields."),
    "not_list": gettext_lazy("This must be a list."),
    "not_text": gettext_lazy("This must be text."),
    "not_number": gettext_lazy("This must be a number."),
    "not_whole": gettext_lazy("This must be a whole number."),
    "not_yes_no": gettext_lazy("This must be true or false."),
    "not_uuid": gettext_lazy("This must be a UUID. Here it is: %(detail)s"),
    "not_email": gettext_lazy("This is no mail address."),
    "not_uri": gettext_lazy("This is no address that starts with http or https."),
    "not_telephone": gettext_lazy(
        "This is no telephone number: %(detail)s. Write digits, as in +62 000 0000 0101 ext 5."
    ),
    "invented_number": gettext_lazy(
        "This is one of the examples: %(detail)s. Nobody can call it. Write the number itself."
    ),
    "not_date": gettext_lazy("This must be a date such as 2026-11-25."),
    "not_time": gettext_lazy("This must be a time such as 08:00."),
    "not_moment": gettext_lazy("This must be a date with its time, such as 2026-11-25T08:00:00Z."),
    "not_weekday": gettext_lazy("This is no weekday of MO, TU, WE, TH, FR, SA, SU. Here it is: %(detail)s"),
    "not_listed": gettext_lazy("This must be one of: %(detail)s"),
    "too_long": gettext_lazy("The text is longer than %(detail)s signs."),
    "control_sign": gettext_lazy("The text holds signs that cannot be seen."),
    "formula": gettext_lazy("This starts like a formula of a spreadsheet: %(detail)s"),
    "out_of_range": gettext_lazy("This must be from %(detail)s."),
    "age_order": gettext_lazy("The lowest age is above the highest: %(detail)s"),
    "unknown_key": gettext_lazy("There is no such field."),
    "unknown_code": gettext_lazy("There is no such code: %(detail)s"),
    "unknown_language": gettext_lazy("This is no language tag: %(detail)s"),
    "duplicate_id": gettext_lazy("The same id stood before: %(detail)s"),
    "differs": gettext_lazy("The same id tells something else before: %(detail)s"),
    "leads_nowhere": gettext_lazy("Nothing in the file has this id: %(detail)s"),
    "no_provider": gettext_lazy("No provider has this id, neither in the file nor here: %(detail)s"),
    "in_the_future": gettext_lazy("This date is in the future: %(detail)s"),
    "names_a_street": gettext_lazy("The place is hidden, but this text names it: %(detail)s"),
    # to be looked at before it is taken over
    "names_a_district": gettext_lazy(
        "The place is hidden, but this text names a district, town or village: %(detail)s"
    ),
    # left out on purpose
    "hidden_place": gettext_lazy("The place is hidden. This was not kept."),
    "stays_hidden": gettext_lazy("The place is hidden here and stays so. Its address was not kept."),
    "kept_here": gettext_lazy("This service was added here. Its place and its organisation stay as they are."),
    "was_merged": gettext_lazy("This entry is one with another here. It was not taken over."),
    "areas_widened": gettext_lazy("The place is hidden, so its districts were kept as provinces."),
    "not_on_earth": gettext_lazy("There is no such position: %(detail)s. It was left empty."),
}


def problem(one: Problem) -> str:
    """Say what is wrong, or what was left out."""
    words = str(PROBLEMS.get(one.why, one.why))
    return words % {"detail": one.detail} if "%(detail)s" in words else words


def where(one: Problem) -> str:
    """Say where it stands: the row and the field; the whole file when neither is told."""
    return ": ".join(part for part in (one.row, one.field) if part) or _("The whole file")
