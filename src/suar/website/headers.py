"""The security headers that every response of a site carries.

Source: security.md 5, restated in docs/decisions/public-site.md.
"""

from django.conf import settings

from suar.core.files.downloads import FILE_ALONE, PICTURE_INSIDE, PICTURE_LINKED

AUDIO = "audio"
POLICY = "Content-Security-Policy"
NO_STORE = "no-store"
HSTS = "max-age=63072000; includeSubDomains"
_SAME_ORIGIN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types "
)
_DENIED = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(), "
    "display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), "
    "idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), "
    "otp-credentials=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), storage-access=(), "
    "sync-xhr=(), usb=(), window-management=(), xr-spatial-tracking=()"
)
PUBLIC = {
    POLICY: f"{_SAME_ORIGIN}'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": f"{_DENIED}, publickey-credentials-create=(), publickey-credentials-get=()",
}
STAFF = {
    **PUBLIC,
    POLICY: f"{_SAME_ORIGIN}default",
    "Permissions-Policy": f"{_DENIED}, publickey-credentials-create=(self), publickey-credentials-get=(self)",
}
_SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
FILES = {
    **PUBLIC,
    POLICY: _SANDBOX,
    "Referrer-Policy": "no-referrer",
    # The staff site, another origin, shows pictures; nobody else knows the address, which opens once.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def policy_for(policy: str, exception: str) -> str:
    """Return the policy of a page with the one exception that it needs; a file gets a stricter one."""
    if exception == PICTURE_INSIDE:
        return policy.replace("img-src 'self'", "img-src 'self' data:")
    if exception == PICTURE_LINKED:
        return policy.replace("img-src 'self'", f"img-src 'self' {settings.SUAR_FILES_ORIGIN}")
    if exception == AUDIO:
        return f"{policy}; media-src 'self'"
    return _SANDBOX if exception == FILE_ALONE else policy
