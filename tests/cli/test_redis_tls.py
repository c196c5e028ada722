"""Redis over TLS, as serve, doctor and the commands that look into the store make of it: who is trusted, who is not, and what is said.

The binary is named by ASANA_MCP_BIN, as in test_cli."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import List

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.certificate import Authority  # noqa: E402
from lib.redis import TlsRedis, has_tls, need_tls  # noqa: E402
from test_cli import BIN, PATIENCE, CliTest, run, serving  # noqa: E402
from test_redis_store import answer  # noqa: E402

OAUTH = ("--sandbox", "--auth=oauth", "--listen=127.0.0.1:0")


class Settings(CliTest):
    def test_without_tls_it_is_refused_with_what_to_do(self) -> None:
        result = run("serve", *OAUTH, "--store", "rediss://:secret@localhost:x")
        self.assertNotIn("secret", result.stderr)
        self.assert_usage(result, "expected a port" if has_tls(BIN) else "build it where hiredis has TLS (Debian 13), or run stunnel")

    def test_files_are_for_tls_only_and_a_certificate_has_a_key(self) -> None:
        self.assert_usage(run("serve", *OAUTH, "--redis-ca", __file__), "--redis-ca is about TLS to Redis; name the store with rediss://")
        self.assert_usage(run("blocks", "--store", "redis://localhost", "--redis-ca", __file__), "rediss://")
        self.assert_usage(run("blocks", "--redis-cert", __file__), "--redis-cert needs --redis-key with it")
        self.assert_usage(run("blocks", "--redis-ca", "/nowhere"), '--redis-ca: cannot read "/nowhere"')


class Trust(CliTest):
    @classmethod
    def setUpClass(cls) -> None:
        need_tls(BIN)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.authority = Authority(cls.folder)
        cls.stranger = Authority(cls.folder, "stranger")
        cls.good = cls.authority.issue("good")
        cls.ended = cls.authority.issue("ended", ended=True)
        cls.elsewhere = cls.authority.issue("elsewhere", "DNS:elsewhere.example.com")
        cls.redis = TlsRedis(cls.good, cls.authority.cert)
        cls.addClassCleanup(cls.redis.close)

    def setUp(self) -> None:
        self.redis.show(self.good)
        self.ca = ["--redis-ca", str(self.authority.cert)]

    def doctor(self, *flags: str, url: str = "", status: int = 1) -> str:
        result = run("doctor", *OAUTH, "--store", url or self.redis.url, *flags)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout

    def test_one_that_is_trusted(self) -> None:
        said = self.doctor(*self.ca, status=0)
        self.assertRegex(said, r"\nok +store +rediss://localhost:\d+/0 answers \(Redis \d")
        self.assertRegex(said, r"\nok +store +rediss://localhost:\d+/0 can be read and written")

    def test_who_is_not_trusted_and_why(self) -> None:
        untrusted = "its certificate is of an authority that is not trusted here; name the right one with --redis-ca"
        for name, shown, trusted, words in [
            ("the system's", self.good, None, untrusted),
            ("another authority", self.good, self.stranger, untrusted),
            ("another host", self.elsewhere, self.authority, "its certificate is for another host"),
            ("ended", self.ended, self.authority, "its certificate, or one behind it, has expired"),
        ]:
            with self.subTest(name):
                self.redis.show(shown)
                flags: List[str] = ["--redis-ca", str(trusted.cert)] if trusted else []
                self.assertRegex(self.doctor(*flags), r"\nfail +store +rediss://localhost.*" + re.escape(words))
                log = run("blocks", "--store", self.redis.url, *flags).stderr
                self.assertRegex(log, r"warn store\.unreachable .*why=\".*" + re.escape(words))

    def test_a_port_without_tls(self) -> None:
        said = self.doctor(*self.ca, url="rediss://localhost:%d" % self.redis.port)
        self.assertRegex(said, r"\nfail +store +.*name its tls-port, or write redis://")

    def test_a_certificate_that_is_renewed_needs_no_restart(self) -> None:
        self.redis.show(self.ended)
        with serving("--auth=oauth", "--workers=1", "--store", self.redis.url, *self.ca) as running:
            url = running.ready()
            self.assertEqual(answer(url + "/readyz")[0], 503)
            self.assertRegex("\n".join(running.err), r"warn store\.unreachable .*has expired")
            self.redis.show(self.good)
            limit = time.monotonic() + PATIENCE
            while answer(url + "/readyz")[0] != 200:
                self.assertLess(time.monotonic(), limit)
                time.sleep(0.05)
            self.assertEqual(running.stop(), 0)

    def test_a_certificate_of_ours(self) -> None:
        ours = self.authority.issue("ours", "DNS:asana-mcp")
        self.addCleanup(self.redis.ask, "CONFIG", "SET", "tls-auth-clients", "no")
        self.redis.ask("CONFIG", "SET", "tls-auth-clients", "yes")
        self.assertRegex(self.doctor(*self.ca), r"\nfail +store +.*it wants a certificate of ours; give --redis-cert and --redis-key")
        key = ["--redis-cert", str(ours.cert), "--redis-key", str(ours.key)]
        said = self.doctor(*self.ca, *key, status=0)
        self.assertNotIn("can read", said)
        ours.key.chmod(0o644)
        self.assertRegex(self.doctor(*self.ca, *key, status=0), r"\nwarn +store +every user of this machine can read .*chmod 600")
        key[3] = str(self.good.key)
        self.assertRegex(self.doctor(*self.ca, *key), r"\nfail +store +--redis-key: expected the certificate's private key")

    def test_the_commands_and_moving_a_store(self) -> None:
        env = {"ASANA_MCP_STORE": self.redis.url, "ASANA_MCP_REDIS_CA": str(self.authority.cert)}
        self.assert_good(run("block", "person", "1204567890123456", env=env))
        self.assertIn("1204567890123456", run("blocks", env=env).stdout)
        settings = self.folder / "settings.ini"
        settings.write_text("store = %s\nredis_ca = %s\n" % (self.redis.url, self.authority.cert), encoding="utf-8")
        self.assertIn("1204567890123456", run("blocks", "--config", str(settings)).stdout)
        file = "sqlite:%s" % (self.folder / "store.db")
        moved = run("store", "migrate", self.redis.url, file, *self.ca)
        self.assert_good(moved)
        self.assertIn("From rediss://localhost:%d/0 to sqlite:" % self.redis.tls_port, moved.stdout)
        self.assertIn("1204567890123456", run("blocks", "--store", file).stdout)
        refused = run("blocks", "--store", self.redis.url)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("not trusted here", refused.stderr)


if __name__ == "__main__":
    unittest.main()
