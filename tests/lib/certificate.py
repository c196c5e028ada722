"""Certificates that sign themselves, made by openssl for one test."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class Certificate:
    cert: Path
    key: Path

    def flags(self) -> list[str]:
        return ["--tls-cert", str(self.cert), "--tls-key", str(self.key)]

    def context(self) -> ssl.SSLContext:
        """Of a client that trusts it and nothing else."""
        return ssl.create_default_context(cafile=str(self.cert))


def make(folder: Path, name: str, *, days: int = 90, curve: Optional[str] = "prime256v1") -> Certificate:
    """For 127.0.0.1 and localhost, with an RSA key when there is no curve."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    kind = ["ec", "-pkeyopt", f"ec_paramgen_curve:{curve}"] if curve else ["rsa:2048"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-days", str(days), "-subj", f"/CN={name}",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(made.key), "-out", str(made.cert)],
        check=True, capture_output=True,
    )
    return made


# Of nobody: they are here for all to read. openssl makes none that have expired.
EXPIRED_CERT = """\
-----BEGIN CERTIFICATE-----
MIIBCzCBsgIBATAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdleHBpcmVkMB4XDTIw
MDEwMTAwMDAwMFoXDTIwMDEwMjAwMDAwMFowEjEQMA4GA1UEAwwHZXhwaXJlZDBZ
MBMGByqGSM49AgEGCCqGSM49AwEHA0IABJSvUdhnjLh3F6r6v8r3nP5JiNYwV5zE
cqFQKAp+TyVI59UcA+/ZWnBQwRY0g/PqNvQUv/hTI7ZW5staRLAHqm0wCgYIKoZI
zj0EAwIDSAAwRQIgCmh+EF0LnYk1t6wDAPrc+KCcCmigGqy/Bm2U6vGYXgsCIQCO
K9TdlOvakquyaLbJtduABLn8xTmshFrG3LGyuP0ghg==
-----END CERTIFICATE-----
"""
EXPIRED_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLFYXBdngfV0yEeQ8
t5/FC/DE+rb8V2ljEu7hylWf0TahRANCAASUr1HYZ4y4dxeq+r/K95z+SYjWMFec
xHKhUCgKfk8lSOfVHAPv2VpwUMEWNIPz6jb0FL/4UyO2VubLWkSwB6pt
-----END PRIVATE KEY-----
"""


def expired(folder: Path) -> Certificate:
    made = Certificate(folder / "expired.pem", folder / "expired.key")
    made.cert.write_text(EXPIRED_CERT, encoding="ascii")
    made.key.write_text(EXPIRED_KEY, encoding="ascii")
    return made


class Authority:
    """Vouches for certificates of any host and any time."""

    def __init__(self, folder: Path, name: str = "authority"):
        self.folder = folder / name
        self.folder.mkdir()
        (self.folder / "index").touch()
        (self.folder / "settings").write_text(
            f"[ca]\ndefault_ca = here\n[here]\ndatabase = {self.folder}/index\nnew_certs_dir = {self.folder}\nrand_serial = yes\n"
            f"certificate = {self.folder}/ca.pem\nprivate_key = {self.folder}/ca.key\ndefault_md = sha256\n"
            "policy = any\ncopy_extensions = copy\n[any]\ncommonName = supplied\n",
            encoding="ascii",
        )
        self.cert = self.folder / "ca.pem"
        self.openssl("req", "-x509", *self.new_key("ca"), "-days", "2", "-subj", f"/CN={name}", "-out", str(self.cert))

    def openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    def new_key(self, name: str) -> list[str]:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(self.folder / f"{name}.key")]

    def issue(self, name: str, hosts: str = "DNS:localhost,IP:127.0.0.1", *, ended: bool = False) -> Certificate:
        """hosts as openssl has it; ended: it was good for a day, long ago."""
        made = Certificate(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        request = self.folder / f"{name}.request"
        self.openssl("req", *self.new_key(name), "-subj", f"/CN={name}", "-addext", f"subjectAltName={hosts}", "-out", str(request))
        time = ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"] if ended else ["-days", "2"]
        self.openssl("ca", "-batch", "-config", str(self.folder / "settings"), "-notext", *time, "-in", str(request), "-out", str(made.cert))
        return made
