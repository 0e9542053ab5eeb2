"""Words for what is wrong with a file, or was left out of it on purpose."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from suar.directory.terms import Problem

PROBLEMS = {
    # the file as a whole
    "empty_file": later("The file is empty."),
    "too_big": later("The file is too large: at most 20 MB, also when unpacked."),
    "xml": later("This is XML. HSDS comes as JSON or as CSV tables."),
    "spreadsheet": later("This is a spreadsheet. Save its tables as CSV and zip them."),
    "not_hsds": later("This is nothing that HSDS knows."),
    "bad_json": later("The JSON is broken near line %(detail)s."),
    "bad_csv": later("The table is broken: a quotation mark is missing."),
    "bad_zip": later("The zip is broken."),
    "bad_encoding": later("The letters are not UTF-8. Save the file as UTF-8."),
    "nul": later("The file holds signs that no text has."),
    "repeated_key": later("A name stands twice where it may stand once. %(detail)s"),
    "too_deep": later("Things stand in things more than %(detail)s times."),
    "too_many_rows": later("There are more than %(detail)s rows. Cut the file in parts."),
    "too_many_problems": later("More than %(detail)s things are wrong; the rest was not read."),
    "too_many_files": later("The zip holds more than %(detail)s files."),
    "too_much_memory": later("Reading the file takes more memory than is allowed."),
    "too_slow": later("Reading the file takes longer than %(detail)s seconds."),
    "child_failed": later("The file could not be read."),
    "no_tables": later("There is no HSDS table in it, such as services.csv."),
    "duplicate_file": later("The table %(detail)s is there twice."),
    "zip_path": later("The zip holds a path that leads out of it: %(detail)s"),
    "zip_link": later("The zip holds a link: %(detail)s"),
    "zip_secret": later("The zip asks for a password: %(detail)s"),
    "zip_bomb": later("The zip grows far too much when unpacked: %(detail)s"),
    # one row or field
    "missing": later("This must be there."),
    "null": later("This must hold something, or be left out."),
    "cells": later("The row has more or fewer cells than the head, which has %(detail)s."),
    "not_object": later("This must be an object with named fields."),
    "not_list": later("This must be a list."),
    "not_text": later("This must be text."),
    "not_number": later("This must be a number."),
    "not_whole": later("This must be a whole number."),
    "not_yes_no": later("This must be true or false."),
    "not_uuid": later("This must be a UUID. Here it is: %(detail)s"),
    "not_email": later("This is no mail address."),
    "not_uri": later("This is no address that starts with http or https."),
    "not_date": later("This must be a date such as 2026-11-25."),
    "not_time": later("This must be a time such as 08:00."),
    "not_moment": later("This must be a date with its time, such as 2026-11-25T08:00:00Z."),
    "not_weekday": later(
        "This is no weekday of MO, TU, WE, TH, FR, SA, SU. Here it is: %(detail)s"
    ),
    "not_listed": later("This must be one of: %(detail)s"),
    "too_long": later("The text is longer than %(detail)s signs."),
    "control_sign": later("The text holds signs that cannot be seen."),
    "formula": later("This starts like a formula of a spreadsheet: %(detail)s"),
    "out_of_range": later("This must be from %(detail)s."),
    "age_order": later("The lowest age is above the highest: %(detail)s"),
    "unknown_key": later("There is no such field."),
    "unknown_code": later("There is no such code: %(detail)s"),
    "unknown_language": later("This is no language tag: %(detail)s"),
    "duplicate_id": later("The same id stood before: %(detail)s"),
    "differs": later("The same id tells something else before: %(detail)s"),
    "leads_nowhere": later("Nothing in the file has this id: %(detail)s"),
    "no_provider": later("No provider has this id, neither in the file nor here: %(detail)s"),
    "no_site": later("No place has this id, neither in the file nor here: %(detail)s"),
    "in_the_future": later("This date is in the future: %(detail)s"),
    "names_a_street": later("The place is hidden, but this text names it: %(detail)s"),
    # left out on purpose
    "hidden_place": later("The place is hidden. This was not kept."),
    "stays_hidden": later("The place is hidden here and stays so. Its address was not kept."),
    "areas_widened": later("The place is hidden, so its districts were kept as provinces."),
    "not_on_earth": later("There is no such position: %(detail)s. It was left empty."),
}


def problem(one: Problem) -> str:
    """Say what is wrong, or what was left out."""
    words = str(PROBLEMS.get(one.why, one.why))
    return words % {"detail": one.detail} if "%(detail)s" in words else words


def where(one: Problem) -> str:
    """Say where it stands: the row and the field; the whole file when neither is told."""
    return ": ".join(part for part in (one.row, one.field) if part) or _("The whole file")
