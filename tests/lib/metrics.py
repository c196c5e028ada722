"""A strict reader of what /metrics says: Prometheus' exposition format 0.0.4, and OpenMetrics 1.0.

Whatever the formats forbid, and whatever a scraper would swallow but nobody should send, is a BadMetrics."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Iterator, Mapping, Optional

from lib import wire

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}

Labels = tuple[tuple[str, str], ...]


class BadMetrics(AssertionError):
    pass


@dataclass
class Family:
    name: str
    help: str
    kind: str = ""
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


class Line:
    """One line's characters, from left to right."""

    def __init__(self, text: str):
        self.text = text
        self.at = 0

    def fail(self, expected: str) -> BadMetrics:
        return BadMetrics(f"expected {expected} at {self.at} of {self.text!r}")

    def take(self, pattern: "re.Pattern[str]", what: str) -> str:
        match = pattern.match(self.text, self.at)
        if not match:
            raise self.fail(what)
        self.at = match.end()
        return match.group()

    def expect(self, text: str) -> None:
        if not self.text.startswith(text, self.at):
            raise self.fail(repr(text))
        self.at += len(text)

    def has(self, text: str) -> bool:
        found = self.text.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def quoted(self) -> str:
        self.expect('"')
        out = ""
        while not self.has('"'):
            if self.at >= len(self.text):
                raise self.fail("a quote")
            char = self.text[self.at]
            self.at += 1
            if char == "\\":
                escaped = self.text[self.at : self.at + 1]
                if escaped not in ("\\", '"', "n"):
                    raise self.fail('one of \\\\ \\" \\n')
                char = "\n" if escaped == "n" else escaped
                self.at += 1
            out += char
        return out


def read_sample(text: str) -> tuple[str, Labels, float]:
    line = Line(text)
    name = line.take(NAME, "a name")
    labels: list[tuple[str, str]] = []
    if line.has("{"):
        while True:
            label = line.take(LABEL, "a label")
            line.expect("=")
            labels.append((label, line.quoted()))
            if line.has("}"):
                break
            line.expect(",")
    line.expect(" ")
    value = line.take(NUMBER, "a number")
    if line.at != len(line.text):
        raise line.fail("the end of the line")
    names = [label for label, _ in labels]
    if len(set(names)) != len(names):
        raise BadMetrics(f"a label twice: {text!r}")
    return name, tuple(labels), float(value)


def check_histogram(family: Family) -> None:
    buckets: dict[Labels, list[tuple[float, float]]] = {}
    for (name, labels), value in family.samples.items():
        if name.endswith("_bucket"):
            if labels[-1][0] != "le":
                raise BadMetrics(f"a bucket without le: {name}{labels}")
            bound = math.inf if labels[-1][1] == "+Inf" else float(labels[-1][1])
            buckets.setdefault(labels[:-1], []).append((bound, value))
    for labels, found in buckets.items():
        bounds, counts = [bound for bound, _ in found], [count for _, count in found]
        if bounds != sorted(set(bounds)) or bounds[-1] != math.inf:
            raise BadMetrics(f"{family.name}{labels}: bounds do not ascend to +Inf: {bounds}")
        if counts != sorted(counts):
            raise BadMetrics(f"{family.name}{labels}: buckets are not cumulative: {counts}")
        total, count = (family.samples.get((family.name + suffix, labels)) for suffix in ("_sum", "_count"))
        if count != counts[-1] or total is None or total < 0 or (not count and total):
            raise BadMetrics(f"{family.name}{labels}: count {count} and sum {total} do not fit {counts}")
    for name, labels in family.samples:
        if not name.endswith("_bucket") and labels not in buckets:
            raise BadMetrics(f"{name}{labels} has no buckets")


def read_comment(text: str, families: dict[str, Family], last: Optional[Family]) -> Family:
    match = re.fullmatch(r"# (HELP|TYPE) (\S+) (.+)", text)
    if not match or not NAME.fullmatch(match.group(2)):
        raise BadMetrics(f"neither HELP nor TYPE: {text!r}")
    word, name, rest = match.groups()
    if word == "HELP":
        if name in families:
            raise BadMetrics(f"{name} comes twice")
        families[name] = Family(name, rest)
        return families[name]
    if last is None or last.name != name or last.kind or rest not in SUFFIXES:
        raise BadMetrics(f"out of place: {text!r}")
    last.kind = rest
    return last


@dataclass
class Metrics:
    families: dict[str, Family]

    def series(self) -> Iterator[tuple[str, Labels]]:
        for family in self.families.values():
            yield from family.samples

    def get(self, name: str, **labels: str) -> float:
        """The sum of all samples of that name which have these labels; 0 when there are none."""
        wanted = set(labels.items())
        return sum(
            value
            for family in self.families.values()
            for (sample, given), value in family.samples.items()
            if sample == name and wanted <= set(given)
        )


def parse(text: str, open_metrics: bool = False) -> Metrics:
    if not text.endswith("\n"):
        raise BadMetrics("the last line does not end")
    lines = text[:-1].split("\n")
    if open_metrics and lines.pop() != "# EOF":
        raise BadMetrics("no # EOF")
    families: dict[str, Family] = {}
    last: Optional[Family] = None
    for line in lines:
        if line.startswith("#"):
            last = read_comment(line, families, last)
            continue
        name, labels, value = read_sample(line)
        if last is None or not last.kind:
            raise BadMetrics(f"a sample without TYPE: {line!r}")
        suffixes = ("_total",) if open_metrics and last.kind == "counter" else SUFFIXES[last.kind]
        if name not in {last.name + suffix for suffix in suffixes}:
            raise BadMetrics(f"{name} is no sample of the {last.kind} {last.name}")
        if (name, labels) in last.samples:
            raise BadMetrics(f"a sample twice: {line!r}")
        if value < 0 and last.kind != "gauge":
            raise BadMetrics(f"a {last.kind} below 0: {line!r}")
        last.samples[name, labels] = value
    for family in families.values():
        if not family.kind:
            raise BadMetrics(f"{family.name} has no TYPE")
        if family.kind == "counter" and not open_metrics and not family.name.endswith("_total"):
            raise BadMetrics(f"the counter {family.name} does not end in _total")
        if family.kind == "histogram":
            check_histogram(family)
    return Metrics(families)


def fetch(port: int, headers: Optional[Mapping[str, str]] = None) -> wire.Response:
    return wire.request(port, "GET", "/metrics", headers)


def scrape(port: int) -> Metrics:
    response = fetch(port)
    if response.status != 200 or response.header("content-type") != TEXT:
        raise BadMetrics(f"{response.status} {response.header('content-type')} {response.body[:200]!r}")
    return parse(response.text())
