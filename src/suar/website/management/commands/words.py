"""Show how whole each language is, write its words for a translator, and read them back."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from suar.core.i18n import public_languages
from suar.website.words import checking, files, own
from suar.website.words.catalogue import READ, shipped

SHOWN = 40


class Command(BaseCommand):
    """`./suar words`, `./suar words vi --write vi.po` (or .xlf), `./suar words --read vi.po`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a language to write, or a file to read."""
        parser.add_argument("language", nargs="?", default="", help="its code, as vi")
        parser.add_argument("--write", type=Path, help="a file to write: .po, or .xlf for XLIFF")
        parser.add_argument("--missing", action="store_true", help="write only what is missing")
        parser.add_argument("--read", type=Path, help="a file to read: says what it would change")
        parser.add_argument("--keep", action="store_true", help="with --read: keep it")
        parser.add_argument("--as-shipped", action="store_true", help="forget what was kept")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one thing that was asked for."""
        if options["read"]:
            self._read(options["read"], keep=options["keep"])
        elif options["write"]:
            self._write(_known(options["language"]), options["write"], only_missing=options["missing"])
        elif options["as_shipped"]:
            own.keep({}, language=_known(options["language"]))
            self.stdout.write("What ships is said again.")
        else:
            self._show()

    def _show(self) -> None:
        head = ("language", "messages", "to read", "own", "state")
        rows = [head, *(_row(each.code) for each in public_languages() if each.code != "en")]
        for row in rows:
            self.stdout.write(f"{row[0]:10} {row[1]:>10} {row[2]:>10} {row[3]:>5}  {row[4]}")

    def _write(self, language: str, path: Path, *, only_missing: bool) -> None:
        words = [w for w in own.as_said(language).values() if w.missing or not only_missing]
        if path.suffix in (".xlf", ".xliff"):
            text = files.to_xliff(words, language=language)
        else:
            forms = own.plural_forms(language)
            text = files.to_po(words, language=language, plural_forms=forms)
        path.write_text(text, "utf-8")
        self.stdout.write(f"{len(words)} texts: {path}")

    def _read(self, path: Path, *, keep: bool) -> None:
        try:
            theirs = files.read(path.read_bytes())
        except (files.NotRead, OSError) as error:
            raise CommandError(str(error), returncode=2) from None
        language = _known(theirs.language)
        report = checking.compare(theirs.told, shipped(language))
        if report.refused:
            lines = [f"line {line}: {because}" for line, because in report.refused[:SHOWN]]
            more = len(report.refused) - SHOWN
            lines += [f"... and {more} more"] if more > 0 else []
            raise CommandError("Nothing was kept.\n" + "\n".join(lines), returncode=2)
        self.stdout.write(
            f"{language}: {len(report.changed)} said otherwise, {report.same} as they ship, "
            f"{report.empty} not written, {report.unsure} marked as not sure and passed over."
        )
        if keep:
            own.change(language, said=report.changed)
            self.stdout.write("Kept. It is said from now on.")
        else:
            self.stdout.write("Nothing was kept. Say --keep to keep it.")


def _known(language: str) -> str:
    if language not in {code for code, _ in settings.LANGUAGES} - {"en"}:
        known = ", ".join(code for code, _ in settings.LANGUAGES if code != "en")
        raise CommandError(f"No language of this door: {language!r}. There are: {known}.", returncode=2)
    return language


def _row(language: str) -> tuple[str, str, str, str, str]:
    words = list(own.as_said(language).values())
    reading = [each for each in words if each.context.startswith(READ)]
    messages = [each for each in words if not each.context.startswith(READ)]
    [found] = [each for each in public_languages() if each.code == language]
    checked, draft = found.public.checked, found.public.draft
    state = f"checked: {checked}" if checked else "draft" if draft else "written"
    counts = [f"{sum(not each.missing for each in part)}/{len(part)}" for part in (messages, reading)]
    return language, counts[0], counts[1], str(len(own.kept(language))), state
