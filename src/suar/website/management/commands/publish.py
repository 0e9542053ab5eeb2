"""Write the directory and the reading pages as a static site for any web host."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import URLValidator

from suar.core import clock
from suar.directory import catalogue, queries
from suar.website.published import build, folder
from suar.website.published.copy import load_copy
from suar.website.site import is_public_site

AUDIO = (".ogg", ".mp3", ".m4a")


class Command(BaseCommand):
    """`./suar publish --out FOLDER [--date DAY] [--languages en,id] [--district 32.09] ...`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="the folder to write")
        parser.add_argument("--date", type=date.fromisoformat, help="the date of the copy, such as 2026-11-26")
        parser.add_argument("--languages", default="", help="codes such as en,id; the first is the start page")
        parser.add_argument("--district", default="", help="code of one place, such as 32.09")
        parser.add_argument("--site", default="", help="https address of the dynamic site")
        parser.add_argument("--address", default="", help="https address of this copy; writes a sitemap")
        parser.add_argument("--recordings", action="store_true", help="include recordings, which are large")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, build, write; an error leaves the folder as it is."""
        if not is_public_site():
            raise CommandError("Start it as `./suar publish`, which uses the public site.")
        out = Path(options["out"]).absolute()
        languages = tuple(filter(None, options["languages"].split(","))) or tuple(dict(settings.LANGUAGES))
        _check(options, languages)
        day = options["date"] or _last_change(languages[0])
        try:
            folder.check_folder(out)
            copy = load_copy(
                languages,
                day=day,
                district=options["district"],
                site_url=options["site"],
                recordings=options["recordings"],
            )
            self.stdout.write(f"{len(copy.services)} services")
            files = build.build(copy, address=options["address"], report=self.stdout.write)
            folder.write_folder(files, out)
        except folder.NotACopy as error:
            raise CommandError(f"{error}.") from error
        size_kb = sum(map(len, files.values())) // 1000
        self.stdout.write(f"{len(files)} files, {size_kb} kB, as of {day}: {out}")
        if audio := [len(content) for name, content in files.items() if name.endswith(AUDIO)]:
            self.stdout.write(f"{len(audio)} recordings among them, {sum(audio) // 1000} kB")


def _check(options: dict[str, Any], languages: tuple[str, ...]) -> None:
    if unknown := set(languages) - set(dict(settings.LANGUAGES)):
        raise CommandError(f"Unknown language: {', '.join(sorted(unknown))}.")
    if options["district"] and options["district"] not in catalogue.places():
        raise CommandError(f"Unknown place: {options['district']}.")
    for name in ("site", "address"):
        try:
            if options[name]:
                URLValidator(schemes=["https"])(options[name])
        except ValidationError as error:
            raise CommandError(f"--{name} must be an address that begins with https://") from error


def _last_change(language: str) -> date:
    """Return the day of the last change of the directory. Raises CommandError if entries became too old since."""
    day = queries.changed_on()
    if day is None:
        raise CommandError("The directory is empty. Use --date to publish the reading pages alone.")
    today = clock.today()
    then, now = (load_copy((language,), day=on).services for on in (day, today))
    if then != now:
        raise CommandError(
            f"The directory last changed on {day}. Since then entries have grown too old to be "
            f"shown: use --date {today} to publish it as it is shown today."
        )
    return day
