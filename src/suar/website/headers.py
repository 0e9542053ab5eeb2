"""The headers that every answer of a door carries.

Source: security.md 5, restated in docs/decisions/public-site.md.
"""

from collections.abc import Mapping
from types import MappingProxyType

from suar.contact.downloads import FILE_ALONE as FILE
from suar.contact.downloads import PICTURE_INSIDE

_OWN_ONLY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types "
)
_DENIED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
_PASSKEYS = ("publickey-credentials-create", "publickey-credentials-get")
SOUND = "sound"
FILE_ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""What a browser may do with a file that was brought: nothing but keep or show it."""
NO_STORE = "no-store"
HSTS = "max-age=63072000; includeSubDomains"


def _permissions(*, passkeys: str) -> str:
    denied = [f"{feature}=()" for feature in _DENIED]
    return ", ".join([*denied, *(f"{feature}={passkeys}" for feature in _PASSKEYS)])


def _door(trusted_types: str, passkeys: str) -> Mapping[str, str]:
    return MappingProxyType(
        {
            "Content-Security-Policy": _OWN_ONLY + trusted_types,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": _permissions(passkeys=passkeys),
        }
    )


def loosened(policy: str, need: str) -> str:
    """Return the policy of a page with the one exception that it needs; a file gets a stricter one."""
    if need == PICTURE_INSIDE:
        return policy.replace("img-src 'self'", "img-src 'self' data:")
    if need == SOUND:
        return f"{policy}; media-src 'self'"
    return FILE_ALONE if need == FILE else policy


PUBLIC = _door("'none'", "()")
STAFF = _door("default", "(self)")
