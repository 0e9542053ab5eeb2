"""Files for web hosts: the headers in the three formats that most hosts read, and a sitemap."""

import json
from collections.abc import Mapping

from suar.website import headers, sitemap
from suar.website.published.copy import Copy

MARK = "site.json"
KIND = "published copy of a public door"
"""Names a folder as one of our copies; older copies have the same mark."""
OWN_SCRIPT = ("trusted-types 'none'", "trusted-types kept")
"""A copy may name one own script to the browser: the service worker."""
REVALIDATE, ONE_YEAR = "no-cache", "public, max-age=31536000, immutable"
CLEAR_CACHE = '"cache"'


def host_files(copy: Copy, names: Mapping[str, str], *, address: str) -> dict[str, bytes]:
    """Return the files for hosts; the sitemap only if the address of the copy is known."""
    table = page_headers(recordings=copy.recordings)
    files = {
        "_headers": _netlify(table),
        ".htaccess": _apache(table),
        "nginx-headers.conf": _nginx(table),
        MARK: json.dumps({"kind": KIND, "day": copy.day.isoformat()}) + "\n",
    }
    if address:
        kinds = {*sitemap.PLAIN, "read", "p", "n"}
        listed = (a for a in copy.addresses if {*a.split("/")[2:3]} & kinds and not a.endswith("/read/0"))
        files["sitemap.xml"] = sitemap.to_xml(f"{address.rstrip('/')}/{names[page]}" for page in listed)
    return {name: text.encode() for name, text in files.items()}


def page_headers(*, recordings: bool = False) -> Mapping[str, str]:
    """Return the headers of every file: those of the public site."""
    policy = headers.loosened(headers.PUBLIC["Content-Security-Policy"], headers.SOUND if recordings else "")
    return {**headers.PUBLIC, "Content-Security-Policy": policy.replace(*OWN_SCRIPT)}


def _netlify(table: Mapping[str, str]) -> str:
    """Return the headers in the format of Netlify and Cloudflare Pages."""
    lines = ["/*", *(f"  {name}: {value}" for name, value in table.items())]
    lines += [
        f"  Cache-Control: {REVALIDATE}",
        "/assets/*",
        "  ! Cache-Control",
        f"  Cache-Control: {ONE_YEAR}",
        "/weather-sun.svg",
        f"  Clear-Site-Data: {CLEAR_CACHE}",
    ]
    return "\n".join(lines) + "\n"


def _apache(table: Mapping[str, str]) -> str:
    lines = "\n".join(f'Header always set {name} "{value}"' for name, value in table.items())
    return f"""<IfModule mod_headers.c>
{lines}
Header set Cache-Control "{REVALIDATE}"
SetEnvIf Request_URI "/assets/[^/]+$" stays
Header set Cache-Control "{ONE_YEAR}" env=stays
<Files "weather-sun.svg">
Header set Clear-Site-Data '{CLEAR_CACHE}'
</Files>
</IfModule>
<IfModule mod_deflate.c>
AddOutputFilterByType DEFLATE text/html text/css text/javascript application/json
</IfModule>
ErrorDocument 404 /404.html
"""


def _nginx(table: Mapping[str, str]) -> str:
    """Return the inside of `server`; a location inherits no headers, so each repeats them."""
    lines = "\n".join(f'add_header {name} "{value}" always;' for name, value in table.items())
    return f"""# Inside `server`, whose `root` is the folder of the copy: include this file.
{lines}
add_header Cache-Control "{REVALIDATE}" always;
location ~ /assets/[^/]+$ {{
{lines}
add_header Cache-Control "{ONE_YEAR}" always;
}}
location ~ /weather-sun\\.svg$ {{
{lines}
add_header Cache-Control "{REVALIDATE}" always;
add_header Clear-Site-Data '{CLEAR_CACHE}' always;
}}
error_page 404 /404.html;
gzip on;
gzip_types text/css text/javascript application/javascript application/json;
"""
