"""A stand-in for a web browser: cookies, forms, addresses. Redirects are followed only when a test says so,
and nothing is ever followed to an address that no server of the test has."""

from __future__ import annotations

import html.parser
import http.client
import json
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping, Optional, Union

PATIENCE = 60.0

FORM = "application/x-www-form-urlencoded"
# A name with one value, with several, or with None: left out.
Fields = Mapping[str, Union[str, list[str], None]]


def form(fields: Fields) -> str:
    return urllib.parse.urlencode({name: value for name, value in fields.items() if value is not None}, doseq=True)


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address, each of which may be there once."""
    pairs = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    if len(dict(pairs)) != len(pairs):
        raise AssertionError(f"a parameter is repeated: {url}")
    return dict(pairs)


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where it sends the browser."""
        where = self.headers["Location"]
        if self.status not in (302, 303) or where is None:
            raise AssertionError(f"{self.url}: {self.status} sends nobody on: {self.body[:1500]!r}")
        return urllib.parse.urljoin(self.url, where)

    @property
    def page(self) -> "Page":
        return Page(self)


@dataclass
class Control:
    """An input of a form; label: the first words behind it."""

    kind: str
    name: str
    value: str
    checked: bool = False
    label: str = ""


@dataclass
class Form:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def hidden(self) -> dict[str, str]:
        return {control.name: control.value for control in self.controls if control.kind == "hidden"}

    def choices(self, name: str) -> list[Control]:
        """The radio buttons or checkboxes of that name."""
        return [control for control in self.controls if control.name == name and control.kind in ("radio", "checkbox")]

    def checked(self, name: str) -> list[str]:
        return [control.value for control in self.choices(name) if control.checked]

    def fields(self) -> dict[str, Union[str, list[str], None]]:
        """What the browser would send if nobody touched anything, without a button."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.kind not in ("radio", "checkbox") or control.checked:
                sent.setdefault(control.name, []).append(control.value)
        return {name: values if len(values) > 1 else values[0] for name, values in sent.items()}


class Page(html.parser.HTMLParser):
    """What stands on a page: its words, tags, links and forms."""

    def __init__(self, answer: Answer):
        super().__init__()
        self.answer = answer
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Optional[Form] = None
        self._labelled: Optional[Control] = None
        self._silent = 0
        self._words: list[str] = []
        self.feed(answer.text)

    @property
    def words(self) -> str:
        """The text, with one space where there is any."""
        return re.sub(r"\s+", " ", "".join(self._words)).strip()

    @property
    def form(self) -> Form:
        if len(self.forms) != 1:
            raise AssertionError(f"{self.answer.url}: {len(self.forms)} forms on the page: {self.words[:600]}")
        return self.forms[0]

    def form_with(self, name: str, value: str) -> Form:
        """The form with that button or hidden field."""
        for found in self.forms:
            if (name, value) in found.buttons or found.hidden.get(name) == value:
                return found
        raise AssertionError(f"{self.answer.url}: no form with {name}={value}: {self.words[:600]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes += values.items()
        if tag in ("style", "script"):
            self._silent += 1
        elif tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").upper())
            self.forms.append(self._form)
        elif self._form is not None and tag == "button":
            self._form.buttons.append((values.get("name", ""), values.get("value", "")))
        elif self._form is not None and tag in ("input", "textarea"):
            kind = values.get("type", "text") if tag == "input" else tag
            self._labelled = Control(kind, values.get("name", ""), values.get("value", ""), "checked" in values)
            self._form.controls.append(self._labelled)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._silent -= 1
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self._words.append(data)
        if self._labelled is not None and data.strip():
            self._labelled.label = data.strip()
            self._labelled = None


@dataclass(frozen=True)
class Cookie:
    value: str
    path: str = "/"


def _is_below(path: str, of_cookie: str) -> bool:
    """RFC 6265, section 5.1.4."""
    return path == of_cookie or (path.startswith(of_cookie) and (of_cookie.endswith("/") or path[len(of_cookie)] == "/"))


class Browser:
    """One person's browser. All servers of a test are on the same host, so they share its cookies, as they
    would in any browser: it tells ports no more apart than hosts do."""

    def __init__(self, base: str = "", cookies: Optional[Mapping[str, str]] = None):
        self.base = base  # what addresses without a host are at
        self.cookies: dict[str, Cookie] = {name: Cookie(value) for name, value in (cookies or {}).items()}
        self.set_cookies: list[str] = []  # each that ever came

    def send(self, method: str, url: str, body: Optional[str] = None, headers: Optional[Mapping[str, str]] = None) -> Answer:
        url = urllib.parse.urljoin(self.base, url)
        parts = urllib.parse.urlsplit(url)
        if parts.hostname != "127.0.0.1" or parts.scheme != "http":
            raise AssertionError(f"{url} is no server of this test")
        sent = {"Content-Type": FORM} if body is not None else {}
        cookies = [f"{name}={cookie.value}" for name, cookie in self.cookies.items() if _is_below(parts.path, cookie.path)]
        if cookies:
            sent["Cookie"] = "; ".join(["other=1", *cookies])
        sent.update(headers or {})
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE)
        try:
            connection.request(method, (parts.path or "/") + ("?" + parts.query if parts.query else ""), body, sent)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                self._take(cookie)
            return Answer(url, answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def _take(self, text: str) -> None:
        self.set_cookies.append(text)
        first, *rest = [part.strip() for part in text.split(";")]
        name, _, value = first.partition("=")
        attributes = dict(part.partition("=")[::2] for part in rest)
        if attributes.get("Max-Age") == "0":
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = Cookie(value, attributes.get("Path", "/"))

    def get(self, url: str, headers: Optional[Mapping[str, str]] = None) -> Answer:
        return self.send("GET", url, headers=headers)

    def post(self, url: str, fields: Fields, headers: Optional[Mapping[str, str]] = None) -> Answer:
        return self.send("POST", url, form(fields), headers)

    def submit(self, page: Page, of: Optional[Form] = None, headers: Optional[Mapping[str, str]] = None, **changes: Any) -> Answer:
        """Sends a form of the page as a browser does, with changes: a button that is pressed, other values;
        None leaves a field out."""
        chosen = of or page.form
        if chosen.method != "POST":
            raise AssertionError(f"{page.answer.url}: its form is sent with {chosen.method}")
        # Fetch, "append a request Origin header".
        quiet = page.answer.headers["Referrer-Policy"] == "no-referrer"
        parts = urllib.parse.urlsplit(page.answer.url)
        origin = {"Origin": "null" if quiet else f"{parts.scheme}://{parts.netloc}"}
        where = urllib.parse.urljoin(page.answer.url, chosen.action)
        return self.post(where, {**chosen.fields(), **changes}, {**origin, **(headers or {})})

    def follow(self, answer: Answer, times: int = 10, until: Iterable[str] = ()) -> Answer:
        """Follows redirects, but not to an address that begins like one of these."""
        for _ in range(times):
            if answer.status not in (302, 303) or any(answer.location.startswith(stop) for stop in until):
                return answer
            answer = self.get(answer.location)
        raise AssertionError(f"{answer.url} sends people around in a circle")
