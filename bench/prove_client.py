"""`./suar prove client`: make a client of the API with openapi-python-client, and read every list with it.

The generator and the client run in an environment of their own, which is removed again.
"""

import argparse
import subprocess
import tempfile
import venv
from pathlib import Path

from bench.figures import ROOT
from suar.hsds.api.parameters import Kind
from tests.standing import standing_in

CLIENT = "directory_client"
READ = f"""
import sys
from importlib import import_module
from {CLIENT} import Client
client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
for kind in sys.argv[2:]:
    listed, one = (import_module(f"{CLIENT}.api.default.{{verb}}_{{kind}}").sync for verb in ("list", "one_of"))
    page = listed(client=client, per_page=1000)
    assert page.contents and page.size == len(page.contents) == page.total_items
    single = one(id=page.contents[0].id, client=client)
    assert single.id == page.contents[0].id
    print(f"{{kind}}: {{page.size}} read as {{type(page.contents[0]).__name__}}")
"""


def main() -> None:
    """Make and use the client; any warning of the generator, and any object that it cannot read, is an error."""
    argparse.ArgumentParser(prog="./suar prove client", description=__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="suar-client-") as name, standing_in(Path(name) / "world") as site:
        folder, api = Path(name), f"{site.public}/hsds"
        programs = folder / "venv" / "bin"
        venv.create(folder / "venv", with_pip=True)
        packages = ("--require-hashes", "--requirement", str(ROOT / "requirements" / "client.lock"))
        _run(folder, str(programs / "python"), "-m", "pip", "install", "--quiet", *packages)
        made = ("--url", f"{api}/openapi.json", "--output-path", CLIENT, "--meta", "none", "--fail-on-warning")
        _run(folder, str(programs / "openapi-python-client"), "generate", *made)
        _run(folder, str(programs / "python"), "-c", READ, api, *Kind)


def _run(folder: Path, *words: str) -> None:
    path = f"{folder / 'venv' / 'bin'}:/usr/bin:/bin"
    subprocess.run(words, cwd=folder, check=True, env={"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"})


if __name__ == "__main__":
    main()
