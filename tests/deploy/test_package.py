"""The Debian package: what CPack makes installs, upgrades and purges cleanly in a root of its own, its unit is one that
systemd takes, and its ExecStart line serves as the package's user."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.mcp import StreamableSession  # noqa: E402
from lib.server import ROOT, Process, binary, clean_environment  # noqa: E402

SETTINGS = "etc/asana-mcp/asana-mcp.ini"
UNIT = "usr/lib/systemd/system/asana-mcp.service"


def run(*command: str, **more: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **more})
    if done.returncode:
        raise AssertionError(f"{shlex.join(command)}: {done.returncode}\n{done.stdout}")
    return done.stdout


def package(folder: Path, version: str) -> Path:
    """CPack's package of the build that is tested, as that version."""
    run("cpack", "--config", str(Path(binary()).parent / "CPackConfig.cmake"), "-B", str(folder / version), "-R", version)
    return next((folder / version).glob("*.deb"))


class Root:
    """A root of its own for dpkg: nothing of this machine's is touched."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("etc", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers", "usr/bin", "tmp"):
            (folder / name).mkdir(parents=True)
        for name in ("status", "available"):
            (folder / "var/lib/dpkg" / name).touch()
        folder.chmod(0o755)

    def dpkg(self, *arguments: str) -> str:
        # Its programs are this machine's: dpkg tells the scripts where the root is (DPKG_ROOT).
        return run("dpkg", f"--root={self.folder}", "--force-script-chrootless", "--force-depends", "--no-debsig", *arguments, DEBIAN_FRONTEND="noninteractive")

    def state(self) -> str:
        asked = ["dpkg-query", f"--admindir={self.folder}/var/lib/dpkg", "-W", "-f=${db:Status-Status} ${Version}", "asana-mcp"]
        done = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return done.stdout

    def files(self) -> set[str]:
        """All of it but dpkg's own and the user database, in which the user is meant to stay."""
        own = ("var/lib/dpkg/", "var/log/", "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/.pwd.lock")
        paths = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if not path.is_dir())
        return {path for path in paths if not path.startswith(own)}

    def user(self) -> tuple[int, int]:
        found = re.search(r"^asana-mcp:[^:]*:(\d+):(\d+):", (self.folder / "etc/passwd").read_text(), re.MULTILINE)
        assert found, "no user was made"
        return int(found[1]), int(found[2])


@unittest.skipUnless(os.geteuid() == 0, "dpkg wants root, even in a folder")
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)
        cls.scratch.chmod(0o755)
        cls.old, cls.new = package(cls.scratch, "0.9.0"), package(cls.scratch, "0.9.1")

    def root(self) -> Root:
        return Root(Path(tempfile.mkdtemp(dir=self.scratch)))

    def test_install_upgrade_purge(self) -> None:
        root = self.root()
        root.dpkg("--install", str(self.old))
        self.assertEqual("installed 0.9.0", root.state())
        self.assertTrue(os.access(root.folder / "usr/bin/asana-mcp", os.X_OK))
        group = root.user()[1]
        for name, mode in (("etc/asana-mcp", 0o750), (SETTINGS, 0o640)):
            found = (root.folder / name).stat()
            self.assertEqual((mode, 0, group), (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid), name)
        installed = root.files()
        self.assertLessEqual({UNIT, SETTINGS, "usr/share/man/man1/asana-mcp.1.gz", "usr/share/doc/asana-mcp/HOSTING.md", "usr/share/doc/asana-mcp/examples/prometheus-alerts.yml", "usr/share/doc/asana-mcp/copyright"}, installed)

        # What the operator changed stays, and so does the state.
        settings = root.folder / SETTINGS
        settings.write_text(settings.read_text() + "workers = 3\n")
        state = root.folder / "var/lib/asana-mcp"
        state.mkdir()
        (state / "asana-mcp.db").write_text("sign-ins")
        root.dpkg("--install", str(self.new))
        self.assertEqual("installed 0.9.1", root.state())
        self.assertIn("workers = 3", settings.read_text())
        self.assertEqual(installed | {"var/lib/asana-mcp/asana-mcp.db"}, root.files())

        root.dpkg("--remove", "asana-mcp")
        self.assertEqual({SETTINGS, "var/lib/asana-mcp/asana-mcp.db"}, root.files())
        root.dpkg("--purge", "asana-mcp")
        self.assertEqual(set(), root.files())
        self.assertFalse((root.folder / "etc/asana-mcp").exists())
        self.assertNotIn("installed", root.state())

    def test_what_the_documents_name_is_there(self) -> None:
        root = self.root()
        root.dpkg("--install", str(self.new))
        documents = root.folder / "usr/share/doc/asana-mcp"
        pages = sorted(documents.rglob("*.md"))
        self.assertLessEqual({"README.md", "HOSTING.md", "SETTINGS.md", "TOOLS.md", "CLIENTS.md", "PROMPTS.md"}, {page.name for page in pages})
        for page in pages:
            text = page.read_text(encoding="utf-8")
            for link in re.findall(r"\]\((?!\w+:)([^)#\s]+)", text):
                self.assertTrue((page.parent / link).is_file(), f"{page.name} points to {link}")
                self.assertIn(documents, (page.parent / link).resolve().parents, f"{page.name} points to {link}")
        named = [documents / "HOSTING.md", documents / "README.md", root.folder / SETTINGS, root.folder / UNIT, *(documents / "examples").iterdir()]
        for page in named:
            text = page.read_text(encoding="utf-8")
            for path in re.findall(r"/usr/(?:share|bin|lib)/(?:doc/|man/)?asana-mcp[\w./-]*\w", text):
                self.assertTrue((root.folder / path.lstrip("/")).exists(), f"{page.name} names {path}")
            for name in re.findall(r"`([\w-]+\.(?:conf|yml)|Caddyfile)`", text):
                self.assertTrue((documents / "examples" / name).is_file(), f"{page.name} names {name}")
            for path in re.findall(r"/etc/asana-mcp/[\w.-]+\.ini", text):
                self.assertTrue((root.folder / path.lstrip("/")).is_file(), f"{page.name} names {path}")

    def test_the_unit(self) -> None:
        root = self.root()
        root.dpkg("--install", str(self.new))
        text = (root.folder / UNIT).read_text()
        # systemd looks for the program where it will be; here that is in the root.
        unit = self.scratch / "asana-mcp.service"
        unit.write_text(text.replace("/usr/bin/asana-mcp", str(root.folder / "usr/bin/asana-mcp")))
        self.assertEqual("", run("systemd-analyze", "verify", "--man=no", str(unit)).strip())
        exposure = run("systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit))
        found = re.search(r"Overall exposure level for \S+: ([\d.]+)", exposure)
        assert found, exposure
        self.assertLess(float(found[1]), 2.0, exposure)

    def test_its_line_serves_as_its_user(self) -> None:
        root = self.root()
        root.dpkg("--install", str(self.new))
        user, group = root.user()
        state = root.folder / "var/lib/asana-mcp"
        state.mkdir(mode=0o700)
        os.chown(state, user, group)
        found = re.search(r"^ExecStart=(.*)$", (root.folder / UNIT).read_text(), re.MULTILINE)
        assert found
        line = [str(root.folder) + word if word.startswith("/") else word for word in shlex.split(found[1])]
        settings = {"ASANA_MCP_SANDBOX": "yes", "ASANA_MCP_LISTEN": "127.0.0.1:0", "ASANA_MCP_AUTH": "token", "ASANA_MCP_STORE": f"sqlite:{state}/asana-mcp.db"}
        alone = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs", *line]
        server = Process(alone, clean_environment(settings))
        self.addCleanup(server.stop)
        port = int(server.wait_for(r"server\.ready\b.*listen=\"?http://[^\s\"]+:(\d+)")[1])
        self.assertEqual(user, Path(f"/proc/{server.pid}").stat().st_uid)
        self.assertEqual(200, wire.request(port, "GET", "/readyz").status)
        self.assertIn("asana_get_task", {tool["name"] for tool in StreamableSession(port).list_tools()})


if __name__ == "__main__":
    if not shutil.which("cpack"):
        sys.exit("cpack is missing")
    unittest.main()
