"""What our web pages promise: names for all controls, colours that can be read, one known style."""

from __future__ import annotations

import base64
import hashlib
import re
import unittest
from html.parser import HTMLParser
from typing import Optional

from support import ROOT

from codegen import forget
from codegen.check import check
from codegen.load import PAGES, load
from codegen.pages import LAYOUT, STYLE, Site, site
from codegen.problems import Report

# Text and what it stands on.
TEXT = [
    *(("ink", ground) for ground in ("ground", "paper", "tint")),
    *(("quiet", ground) for ground in ("ground", "paper", "tint")),
    *(("accent", ground) for ground in ("ground", "paper", "tint")),
    *(("accent-strong", ground) for ground in ("ground", "paper")),
    *(("bad", ground) for ground in ("paper", "tint")),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("warn-ink", "warn-ground"),
    ("good-ink", "good-ground"),
]
# Borders that say where a control is (WCAG 2.2, 1.4.11).
EDGES = [("edge", "paper"), ("accent", "paper")]


def texts() -> dict[str, str]:
    return load(ROOT, Report()).pages


def made() -> Site:
    report = Report()
    found = site(forget.put(texts(), ()), report)
    assert found, list(map(str, report.problems))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class Controls(HTMLParser):
    """Which controls have no name that a screen reader could say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.labels = set(re.findall(r'<label[^>]* for="([^"]+)"', text))
        self.inside = 0
        self.nameless: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        about = dict(attrs)
        self.inside += tag == "label"
        if tag in ("input", "textarea", "select") and about.get("type") != "hidden":
            if not self.inside and about.get("id") not in self.labels:
                self.nameless.append(str(attrs))

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag == "label"


class Pages(unittest.TestCase):
    def test_the_page_of_an_unknown_client_has_each_recipe(self) -> None:
        report = Report()
        model = check(load(ROOT, report), report)
        assert model and model.site
        (page,) = [one for one in model.site.pages if one.name == "client_not_found"]
        text = repr(page.content)
        told = [one for one in model.clients if one.forget]
        self.assertGreater(len(told), 5)
        for one in told:
            self.assertIn(f"<summary>{one.title} <small>", text)
        self.assertEqual(len(told), text.count("<details>"))

    def test_the_policy_names_the_style_that_is_sent(self) -> None:
        source = (ROOT / "generated/pages.c").read_text(encoding="utf-8")
        literals = re.search(r'buf_str\(out, ("<style>.*?</style>")\);', source, re.DOTALL)
        assert literals
        text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals[1]))
        style = text.replace("\\n", "\n").replace('\\"', '"')
        style = style.removeprefix("<style>").removesuffix("</style>")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        header = (ROOT / "generated/pages.h").read_text(encoding="utf-8")
        self.assertIn(f"'sha256-{digest}'", header)
        self.assertEqual(f"'sha256-{digest}'", made().style_source)

    def test_colours_can_be_told_apart(self) -> None:
        light, dark = re.findall(r":root \{(.*?)\}", texts()[STYLE], re.DOTALL)
        for block in (light, dark):
            colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
            for least, pairs in ((4.5, TEXT), (3, EDGES)):
                for text, ground in pairs:
                    found = contrast(colours[text], colours[ground])
                    with self.subTest(f"{text} on {ground}: {found:.2f}"):
                        self.assertGreaterEqual(found, least)

    def test_every_control_has_a_name(self) -> None:
        for name, text in texts().items():
            if name.endswith(".html"):
                with self.subTest(name):
                    self.assertEqual([], Controls(text).nameless)

    def test_the_layout_has_landmarks_a_language_and_a_width(self) -> None:
        layout = texts()[LAYOUT]
        for part in ('<html lang="en">', "<header>", "<main>", "<footer>", 'name="viewport"'):
            self.assertIn(part, layout)

    def test_what_asks_for_changes_is_posted_with_a_token(self) -> None:
        for name, text in texts().items():
            for form in re.findall(r"<form .*?</form>", text, re.DOTALL):
                with self.subTest(name):
                    self.assertIn('method="post"', form)
                    self.assertIn('name="csrf" value="{{csrf}}"', form)

    def test_every_page_has_its_function(self) -> None:
        header = (ROOT / "generated/pages.h").read_text(encoding="utf-8")
        for page in made().pages:
            self.assertIn(f"void page_{page.name}(struct buf *out", header)
        self.assertTrue((ROOT / PAGES).is_dir())


if __name__ == "__main__":
    unittest.main()
