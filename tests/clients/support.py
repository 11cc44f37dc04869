"""What the journeys share: the two instances, a browser to sign in with, clients that look closely, and patience."""

import itertools
import os
import time
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup
from mastodon import Mastodon

import conformity

# The password of everybody whom the demo has made.
PASSWORD = "learn-together"

# How long something may take that travels from one instance to the other, in seconds.
PATIENCE = 60

SCOPES = ["read", "write", "follow", "push", "profile"]

_numbers = itertools.count(1)


def fresh(word: str) -> str:
    """A word that no other journey of this run uses: for names, hashtags and texts."""
    return f"{word}{next(_numbers)}x{os.getpid()}"


def plain(html: str) -> str:
    """The text that a person reads."""
    return BeautifulSoup(html, "html.parser").get_text()


def until(happened, what: str):
    """Asks again and again until `happened` returns something true, and returns that; fails when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = happened()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"in {PATIENCE} s it did not happen that {what}")
        time.sleep(0.1)


class Browser:
    """A person's browser: keeps cookies, follows redirects, and says where a form came from."""

    def __init__(self):
        self.session = requests.Session()

    def close(self):
        self.session.close()

    def open(self, url: str) -> "Page":
        return Page(self, self.session.get(url, timeout=30))


class Page:
    def __init__(self, browser: Browser, response: requests.Response):
        self.browser, self.url, self.status = browser, response.url, response.status_code
        self.html = BeautifulSoup(response.text, "html.parser")
        self.text = self.html.get_text(" ", strip=True)

    def submit(self, action: str, button: tuple[str, str] | None = None, **typed: str) -> "Page":
        """Fills and sends the form with this action, by its one button or by the one that is named."""
        form = self.html.find("form", action=action)
        assert form is not None, f"no form leads to {action} on {self.url}: {self.text}"
        fields = {one["name"]: one.get("value", "") for one in form.find_all("input") if one.get("name")}
        unknown = set(typed) - set(fields)
        assert not unknown, f"the form on {self.url} has no {unknown}"
        fields.update(typed)
        if button:
            assert form.find("button", attrs={"name": button[0], "value": button[1]}), f"{button} is missing: {form}"
            fields[button[0]] = button[1]
        here = urlsplit(self.url)
        headers = {"Origin": f"{here.scheme}://{here.netloc}", "Sec-Fetch-Site": "same-origin", "Referer": self.url}
        target = urljoin(self.url, form["action"])
        return Page(self.browser, self.browser.session.post(target, data=fields, headers=headers, timeout=30))


def consent(url: str, login: str, password: str = PASSWORD) -> Page:
    """What a person does whom a client sends to `url`: they sign in and allow it. Returns the page after that."""
    browser = Browser()
    try:
        asked = browser.open(url)
        assert urlsplit(asked.url).path == "/auth/sign_in", f"{url} leads to {asked.url}: {asked.text}"
        asked = asked.submit("/auth/sign_in", login=login, password=password)
        assert asked.status == 200 and asked.html.find("form", action="/oauth/authorize"), asked.text
        return asked.submit("/oauth/authorize", button=("decision", "allow"))
    finally:
        browser.close()


def code_on(page: Page) -> str:
    """The code that a person copies from the page."""
    shown = page.html.find("input", id="code")
    assert shown is not None, f"there is no code on {page.url}: {page.text}"
    return shown["value"]


class Client:
    """Mastodon.py, each of whose answers is held against what it declares."""

    def __init__(self, instance: "Instance", **credentials):
        self.instance = instance
        self.session = requests.Session()
        self.session.hooks["response"] = self._keep
        self._last = None
        self.mastodon = Mastodon(
            api_base_url=instance.url, session=self.session, ratelimit_method="throw", request_timeout=30, **credentials
        )

    def _keep(self, response, *_args, **_kwargs):
        self._last = response

    @property
    def last_response(self) -> requests.Response:
        return self._last

    def __getattr__(self, name):
        attribute = getattr(self.mastodon, name)
        if not callable(attribute):
            return attribute

        def call(*args, **kwargs):
            self._last = None
            answer = attribute(*args, **kwargs)
            if self._last is not None and "json" in self._last.headers.get("content-type", ""):
                conformity.check(self._last.json(), answer, name)
            return answer

        return call

    def me(self):
        return self.account_verify_credentials()

    def find(self, handle: str):
        """The account with this handle, as this instance knows it, asked for at its own if need be."""
        found = self.search_v2(handle, resolve=True, result_type="accounts").accounts
        assert len(found) == 1, f"{handle} finds {[one.acct for one in found]}"
        return found[0]

    def find_post(self, url: str):
        found = self.search_v2(url, resolve=True, result_type="statuses").statuses
        assert len(found) == 1, f"{url} finds {[one.url for one in found]}"
        return found[0]

    def home_post(self, uri: str):
        """The post with this ActivityPub id, once it is in the home timeline."""
        at_home = lambda: next((one for one in self.timeline_home(limit=40) if one.uri == uri), None)
        return until(at_home, f"{uri} is in the home timeline")

    def home_boost(self, uri: str, by: str):
        """As `home_post`, of the boost by an account (as its `acct`) of the post with this ActivityPub id."""
        is_it = lambda one: one.account.acct == by and one.reblog and one.reblog.uri == uri
        at_home = lambda: next((one for one in self.timeline_home(limit=40) if is_it(one)), None)
        return until(at_home, f"{by} has boosted {uri}")


class Instance:
    """One of the two, at the address that programs use which know no *.localhost."""

    def __init__(self, url: str):
        self.url = url
        self._people: dict[str, Client] = {}
        self._application: tuple[str, str] | None = None
        self._domain: str | None = None

    @property
    def domain(self) -> str:
        if self._domain is None:
            self._domain = requests.get(f"{self.url}/api/v2/instance", timeout=30).json()["domain"]
        return self._domain

    def handle(self, name: str) -> str:
        return f"@{name}@{self.domain}"

    def application(self) -> tuple[str, str]:
        if self._application is None:
            self._application = Mastodon.create_app("Journeys", scopes=SCOPES, api_base_url=self.url)
        return self._application

    def stranger(self) -> Client:
        return Client(self)

    def person(self, name: str) -> Client:
        """One of the demo's people, signed in once for all journeys."""
        if name not in self._people:
            self._people[name] = self.sign_in(name)
        return self._people[name]

    def sign_in(self, name: str) -> Client:
        client_id, client_secret = self.application()
        client = Client(self, client_id=client_id, client_secret=client_secret)
        company = self.domain.split(".")[0]
        url = client.auth_request_url(scopes=SCOPES, allow_http=True)
        client.log_in(code=code_on(consent(url, f"{name}@{company}.example")), scopes=SCOPES, allow_http=True)
        return client

    def newcomer(self, word: str) -> Client:
        """Somebody new, who registers through the client."""
        client_id, client_secret = self.application()
        client = Client(self, client_id=client_id, client_secret=client_secret)
        name = fresh(word)
        client.create_account(name, PASSWORD, f"{name}@people.example", agreement=True, scopes=SCOPES)
        return client


ACME = Instance(os.environ["POLLEN_ACME"])
GLOBEX = Instance(os.environ["POLLEN_GLOBEX"])
