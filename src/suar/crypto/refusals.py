"""Refusals of the sealing library; none carries a key, a text or what was typed."""

from enum import StrEnum


class SealBroken(Exception):
    """The bytes were altered, belong to another place, or the key is another one."""


class UnknownSuite(SealBroken):
    """The first byte names a suite of algorithms that this version does not read."""


class Mistyped(Exception):
    """A printed code was typed wrongly; `group` counts from 1, None means not known which."""

    def __init__(self, group: int | None) -> None:
        super().__init__("mistyped" if group is None else f"mistyped in group {group}")
        self.group = group


class ShareFault(StrEnum):
    """Why shares do not join."""

    TOO_FEW = "too_few"
    REPEATED = "repeated"
    OTHER_SPLIT = "other_split"
    WRONG_SHARE = "wrong_share"


class SharesRefused(Exception):
    """The shares do not join to a secret; `because` says why."""

    def __init__(self, because: ShareFault) -> None:
        super().__init__(because.value)
        self.because = because
