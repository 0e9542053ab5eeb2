"""List the translations of the public site, write one for a translator, and read it back."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from polib import POEntry

from suar.core.i18n import public_languages
from suar.website import translations

MAX_ERRORS = 40


class Command(BaseCommand):
    """`./suar words`, `./suar words vi --write vi.po` (or .xlf), `./suar words --read vi.po`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("language", nargs="?", default="", help="code of the language, such as vi")
        parser.add_argument("--write", type=Path, help="write this file: .po, or .xlf for XLIFF")
        parser.add_argument("--missing", action="store_true", help="write only what is not translated yet")
        parser.add_argument("--read", type=Path, help="read this file and show what it would change")
        parser.add_argument("--keep", action="store_true", help="with --read: store the corrections")
        parser.add_argument("--as-shipped", action="store_true", help="delete all corrections of the language")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["read"]:
            self._read(options["read"], keep=options["keep"])
        elif options["write"]:
            self._write(_check_language(options["language"]), options["write"], only_missing=options["missing"])
        elif options["as_shipped"]:
            translations.save_corrections(_check_language(options["language"]), {})
            self.stdout.write("Corrections deleted. Restart Suar to show the shipped texts.")
        else:
            self._list()

    def _list(self) -> None:
        self.stdout.write(f"{'language':10} {'messages':>10} {'to read':>10} {'own':>5}  state")
        for language in public_languages():
            if language.code != "en" and language.public:
                entries = translations.current(language.code)
                messages = _count_translated([entry for entry in entries if not translations.is_reading(entry)])
                reading = _count_translated([entry for entry in entries if translations.is_reading(entry)])
                own, public = len(translations.corrections(language.code)), language.public
                state = f"checked: {public.checked}" if public.checked else "draft" if public.draft else "written"
                self.stdout.write(f"{language.code:10} {messages:>10} {reading:>10} {own:>5}  {state}")

    def _write(self, language: str, path: Path, *, only_missing: bool) -> None:
        entries = translations.current(language)
        if only_missing:
            entries = [entry for entry in entries if not all(translations.forms_of(entry))]
        to_text = translations.to_xliff if path.suffix in (".xlf", ".xliff") else translations.to_po
        path.write_text(to_text(entries, language=language), "utf-8")
        self.stdout.write(f"{len(entries)} texts: {path}")

    def _read(self, path: Path, *, keep: bool) -> None:
        try:
            named, entries = translations.parse(path.read_bytes())
        except (translations.InvalidFile, OSError) as error:
            raise CommandError(str(error), returncode=2) from None
        language = _check_language(named)
        comparison = translations.compare(entries, translations.shipped(language))
        if comparison.errors:
            lines = [f"line {line}: {error}" for line, error in comparison.errors[:MAX_ERRORS]]
            more = len(comparison.errors) - MAX_ERRORS
            lines += [f"... and {more} more"] if more > 0 else []
            raise CommandError("Nothing was stored.\n" + "\n".join(lines), returncode=2)
        counts = comparison.counts
        self.stdout.write(
            f"{language}: {len(comparison.changed)} changed, {counts['same']} as shipped, "
            f"{counts['empty']} not translated, {counts['fuzzy']} fuzzy and ignored."
        )
        if keep:
            translations.save_corrections(language, translations.corrections(language) | comparison.changed)
        self.stdout.write("Stored. Restart Suar to show it." if keep else "Nothing was stored. Add --keep to store it.")


def _count_translated(entries: list[POEntry]) -> str:
    return f"{sum(all(translations.forms_of(entry)) for entry in entries)}/{len(entries)}"


def _check_language(language: str) -> str:
    known = [code for code, _name in settings.LANGUAGES if code != "en"]
    if language not in known:
        raise CommandError(f"Unknown language: {language!r}. Choose from: {', '.join(known)}.", returncode=2)
    return language
