"""What a web host is told: headers in the three forms that most hosts read, and a list of pages."""

import json
from collections.abc import Iterable, Iterator, Mapping

from suar.website import headers, sitemap
from suar.website.published.copy import Copy

MARK = "site.json"
KIND = "published copy of a public door"
TRUSTED_TYPES = ("trusted-types 'none'", "trusted-types kept")
"""A copy may name one script of its own to the browser, the one that is kept on a phone."""
AGAIN, YEAR = "no-cache", "public, max-age=31536000, immutable"
FORGET = '"cache"'


def own_files(languages: Iterable[str]) -> set[str]:
    """Give the addresses of the files that are no pages and that pages may name."""
    return {"/kept.js", *(f"/{language}/index.json" for language in languages)}


def files(copy: Copy, *, address: str) -> dict[str, bytes]:
    """Give the files for hosts; the list of pages only where the copy's own address is known."""
    table = every_page(recordings=copy.recordings)
    told = {
        "_headers": _headers(table),
        ".htaccess": _apache(table),
        "nginx-headers.conf": _nginx(table),
        MARK: json.dumps({"kind": KIND, "day": copy.day.isoformat()}) + "\n",
    }
    if address:
        told["sitemap.xml"] = _sitemap(copy, address)
    return {name: text.encode() for name, text in told.items()}


def every_page(*, recordings: bool = False) -> Mapping[str, str]:
    """Give the headers that go with every file: those of the public door."""
    table = dict(headers.PUBLIC)
    policy = headers.loosened(table["Content-Security-Policy"], headers.SOUND if recordings else "")
    return {**table, "Content-Security-Policy": policy.replace(*TRUSTED_TYPES)}


def _headers(table: Mapping[str, str]) -> str:
    """Write them as Netlify and Cloudflare Pages read them."""
    lines = ["/*", *(f"  {name}: {value}" for name, value in table.items())]
    lines += [
        f"  Cache-Control: {AGAIN}",
        "/assets/*",
        "  ! Cache-Control",
        f"  Cache-Control: {YEAR}",
        "/weather-sun.svg",
        f"  Clear-Site-Data: {FORGET}",
    ]
    return "\n".join(lines) + "\n"


def _apache(table: Mapping[str, str]) -> str:
    lines = [f'Header always set {name} "{value}"' for name, value in table.items()]
    lines += [
        f'Header set Cache-Control "{AGAIN}"',
        'SetEnvIf Request_URI "/assets/[^/]+$" stays',
        f'Header set Cache-Control "{YEAR}" env=stays',
        '<Files "weather-sun.svg">',
        f"Header set Clear-Site-Data '{FORGET}'",
        "</Files>",
    ]
    told = "\n".join(lines)
    return (
        f"<IfModule mod_headers.c>\n{told}\n</IfModule>\n"
        "<IfModule mod_deflate.c>\n"
        "AddOutputFilterByType DEFLATE text/html text/css text/javascript application/json\n"
        "</IfModule>\n"
        "ErrorDocument 404 /404.html\n"
    )


def _nginx(table: Mapping[str, str]) -> str:
    """Write them for the inside of `server`; a location forgets those around it, so it has all."""
    every = [f'add_header {name} "{value}" always;' for name, value in table.items()]
    return "\n".join(
        [
            "# Inside `server`, whose `root` is the folder of the copy: include this file.",
            *every,
            f'add_header Cache-Control "{AGAIN}" always;',
            "location ~ /assets/[^/]+$ {",
            *every,
            f'add_header Cache-Control "{YEAR}" always;',
            "}",
            r"location ~ /weather-sun\.svg$ {",
            *every,
            f'add_header Cache-Control "{AGAIN}" always;',
            f"add_header Clear-Site-Data '{FORGET}' always;",
            "}",
            "error_page 404 /404.html;",
            "gzip on;",
            "gzip_types text/css text/javascript application/javascript application/json;",
            "",
        ]
    )


def _sitemap(copy: Copy, address: str) -> str:
    """List the pages to read and the lists; a service is found through them alone."""
    base = address.rstrip("/")
    return sitemap.written(f"{base}/{file}" for file in _open(copy))


def _open(copy: Copy) -> Iterator[str]:
    for address, file in copy.pages.items():
        kind = address.split("/")[2:3]
        if kind and kind[0] in {*sitemap.PLAIN, "read", "p", "n"} and not address.endswith("/read/0"):
            yield file
