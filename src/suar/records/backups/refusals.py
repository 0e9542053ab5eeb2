"""Why a backup cannot be written or read; words for the person at the keyboard."""

WORDS = {
    "unreadable": "This file is no part of a backup, or of one made by a newer Suar.",
    "wrong_part": "This file holds the other part: data and keys were mixed up.",
    "another_backup": (
        "The keys are of another backup than the records. To open older records with newer keys, "
        "say so with --keys-of-another-day: what was erased in between stays shut."
    ),
    "older_keys": "These keys are older than the records: what was erased since would open again.",
    "another_key": "The backup sheet or passphrase is another one, or the file was altered.",
    "counts": "Fewer or more rows arrived than the backup tells of.",
    "chain": "The audit of the backup does not hold.",
    "not_empty": "There are records here already: restore into an empty folder.",
    "absent": "There is no backup here.",
    "no_way": "There is no backup sheet for this Suar: give --passphrase-file.",
    "no_words": "A passphrase needs at least 12 signs.",
    "wrong_way": "This file asks for the other way: a backup sheet, or a passphrase.",
}


class BackupBroken(Exception):
    """The backup cannot be used; `because` is a key of WORDS."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because
