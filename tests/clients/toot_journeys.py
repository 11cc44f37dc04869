"""What a person does in a terminal, with toot."""

import json
import os
import subprocess
import tempfile
import unittest

import requests

from support import ACME, GLOBEX, Instance, code_on, consent, fresh, plain, until


class Toot:
    """toot with a configuration of its own."""

    def __init__(self, instance: Instance, login: str):
        self.instance, self.login_name = instance, login
        self.home = tempfile.TemporaryDirectory(prefix="toot.")
        self.environment = {**os.environ, "XDG_CONFIG_HOME": self.home.name, "XDG_CACHE_HOME": self.home.name}

    def close(self):
        self.home.cleanup()

    def sign_in(self) -> str:
        """`toot login`, whose person opens the address that it shows, signs in, and copies the code back."""
        command = ["toot", "login", "--instance", self.instance.url]
        with subprocess.Popen(
            command, env=self.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as toot:
            seen = []
            while not (seen and seen[-1].startswith("http")):
                line = toot.stdout.readline()
                assert line, f"toot login ended early: {seen}"
                seen.append(line.strip())
            page = consent(seen[-1], self.login_name)
            said, _ = toot.communicate(f"n\n{code_on(page)}\n", timeout=60)
            assert toot.returncode == 0, said
            return said

    def run(self, *arguments: str, status: int = 0) -> str:
        ran = subprocess.run(
            ["toot", *arguments], env=self.environment, text=True, capture_output=True, timeout=60, stdin=subprocess.DEVNULL
        )
        said = ran.stdout + ran.stderr
        assert ran.returncode == status, f"toot {' '.join(arguments)} ended with {ran.returncode}: {said}"
        return said

    def json(self, *arguments: str):
        return json.loads(self.run(*arguments, "--json"))


class Terminal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ada, cls.ben = Toot(ACME, "ada@acme.example"), Toot(GLOBEX, "ben")
        cls.addClassCleanup(cls.ada.close)
        cls.addClassCleanup(cls.ben.close)
        cls.said = cls.ada.sign_in()
        cls.ben.sign_in()

    def test_signing_in(self):
        self.assertIn("Successfully logged in", self.said)
        self.assertIn(f"ada@{ACME.domain} ACTIVE", self.ada.run("auth"))
        self.assertEqual(self.ada.json("whoami")["display_name"], "Ada Moreau")
        shown = self.ada.run("whoami")
        self.assertIn("@ada Ada Moreau", shown)
        self.assertIn(f"http://{ACME.domain}/@ada", shown)

    def test_the_instance(self):
        shown = self.ada.run("instance")
        for line in ("Acme", ACME.domain, "1. Ask. No question is too small."):
            self.assertIn(line, shown)
        self.assertEqual(self.ada.json("instance")["uri"], ACME.domain)

    def test_posting_answering_and_reading_a_thread(self):
        text = fresh("Today I learned that ? works on Option, too ")
        said = self.ada.run("post", f"{text} #til", "--language", "en", "--spoiler-text", "rust")
        url = said.split("Toot posted: ")[1].strip()
        post = self.ada.json("timelines", "home", "--no-pager")[0]
        self.assertEqual((post["url"], post["spoiler_text"], post["language"]), (url, "rust", "en"))
        self.assertIn(text.strip(), plain(post["content"]))
        self.assertIn(text.strip(), self.ada.run("timelines", "home", "--no-pager", "--no-clear"))
        self.assertIn(text.strip(), self.ada.run("timeline"))

        answer = self.ada.json("post", "And on iterators", "--reply-to", post["id"], "--visibility", "unlisted")
        self.assertEqual((answer["in_reply_to_id"], answer["visibility"]), (post["id"], "unlisted"))
        last = self.ada.json("post", "That's all", "--reply-last")
        self.assertEqual(last["in_reply_to_id"], answer["id"])
        thread = self.ada.json("thread", answer["id"])
        self.assertEqual([one["id"] for one in thread["ancestors"]], [post["id"]])
        self.assertEqual([one["id"] for one in thread["descendants"]], [last["id"]])
        shown = self.ada.run("thread", answer["id"])
        self.assertLess(shown.index(text.strip()), shown.index("And on iterators"))
        self.assertLess(shown.index("And on iterators"), shown.index("That's all"))

    def test_markdown(self):
        post = self.ada.json("post", "**Bold** it is", "--content-type", "text/markdown")
        self.assertIn("<strong>Bold</strong>", post["content"])

    def test_favourites_and_boosts(self):
        post = self.ada.json("post", fresh("Worth keeping "))["id"]
        self.assertIn("Status favourited", self.ada.run("favourite", post))
        self.assertTrue(self.ada.json("status", post)["favourited"])
        self.assertEqual(self.ada.json("timelines", "favourites", "--no-pager")[0]["id"], post)
        self.ada.run("unfavourite", post)
        self.assertFalse(self.ada.json("status", post)["favourited"])
        self.assertIn("Status reblogged", self.ada.run("reblog", post))
        self.assertEqual([one["acct"] for one in self.ada.json("reblogged-by", post)], ["ada"])
        self.ada.run("unreblog", post)
        self.assertIn("not reblogged by anyone", self.ada.run("reblogged-by", post))

    def test_deleting(self):
        post = self.ada.json("post", "A mistake")["id"]
        self.assertIn("Status deleted", self.ada.run("delete", post))
        self.assertIn("not found", self.ada.run("status", post, status=1))

    def test_following_somebody_at_the_other_company(self):
        handle = GLOBEX.handle("finn")
        self.assertIn("Finn Adeyemi", self.ada.run("whois", handle))
        self.assertIn(f"You are now following {handle}", self.ada.run("follow", handle))
        following = lambda: f"* @finn@{GLOBEX.domain} Finn Adeyemi" in self.ada.run("following")
        until(following, "ada follows finn")
        self.assertIn("no longer following", self.ada.run("unfollow", handle))
        self.assertNotIn("finn", self.ada.run("following"))

    def test_searching(self):
        tag = fresh("needle")
        self.ada.run("post", f"#{tag}")
        self.assertIn("@dora Dora Okafor", self.ada.run("search", "dora"))
        self.assertIn(f"#{tag}", self.ada.run("search", f"#{tag}"))
        self.assertIn(f"@eve@{GLOBEX.domain} Eve Lindqvist", self.ada.run("search", "--resolve", GLOBEX.handle("eve")))
        self.assertIn(f"#{tag}", self.ada.run("timelines", "tag", tag, "--no-pager", "--no-clear"))
        anonymous = requests.get(f"{ACME.url}/api/v1/timelines/tag/{tag}", timeout=30).json()
        self.assertEqual(len(anonymous), 1)
        shown = self.ada.json("timelines", "public", "--instance", ACME.url)
        self.assertIn(anonymous[0]["id"], [one["id"] for one in shown])

    def test_what_one_company_writes_the_other_reads_and_answers(self):
        text = fresh("Does anybody keep a learning log? ")
        post = self.ada.json("post", f"{text} #question")
        at_ben_s = lambda: next(
            (one for one in self.ben.json("timelines", "home", "--no-pager") if one["uri"] == post["uri"]), None
        )
        arrived = until(at_ben_s, "ada's post is in ben's home")
        self.assertIn(text.strip(), plain(arrived["content"]))
        self.ben.run("favourite", arrived["id"])
        self.ben.run("post", f"{ACME.handle('ada')} Every Friday", "--reply-to", arrived["id"])
        told = lambda: "Every Friday" in self.ada.run("notifications", "--type", "mention")
        until(told, "ada is told of the answer")
        shown = self.ada.run("notifications")
        self.assertIn(f"Ben Tanaka @ben@{GLOBEX.domain} mentioned you", shown)
        self.assertIn(f"Ben Tanaka @ben@{GLOBEX.domain} favourited your status", shown)
        self.assertIn("Every Friday", self.ada.run("thread", post["id"]))

    def test_what_is_not_there_yet_is_empty(self):
        self.assertIn("You have no lists defined", self.ada.run("lists", "list"))
        self.assertIn("No accounts muted", self.ada.run("muted"))
        self.assertIn("No accounts blocked", self.ada.run("blocked"))
        self.assertEqual(self.ada.run("bookmarks").strip("─\n"), "")
