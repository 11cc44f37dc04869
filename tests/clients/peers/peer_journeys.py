"""Servers on other people's libraries follow, post, answer, like, boost, edit and delete with Pollen, both ways."""

import os
import unittest

import requests
from mastodon import MastodonNotFoundError

from support import ACME, fresh, plain, until


class Peer:
    """A peer that `run` has started, by its origin."""

    def __init__(self, origin: str, actor: str):
        self.port, self.actor = origin.rsplit(":", 1)[1], origin + actor

    def do(self, what: str, **told):
        # Programs need not know *.localhost.
        answer = requests.post(f"http://127.0.0.1:{self.port}/do", json={"what": what, **told}, timeout=60).json()
        assert "done" in answer, answer.get("error")
        return answer["done"]

    def until_received(self, kind: str, of: str):
        """The activity of this type that names this id, once it is there."""

        def found():
            return next((one for one in self.do("log") if one.get("type") == kind and of in str(one)), None)

        return until(found, f"{kind} of {of} arrives at {self.actor}")


class Journey:
    """What each peer goes through, step by step."""

    peer: Peer

    def test_they_get_along(self):
        ada, peer = ACME.person("ada"), self.peer
        me = ada.me()
        uri = f"http://{ACME.domain}/users/ada"

        found = ada.search_v2(peer.actor, resolve=True, result_type="accounts").accounts
        self.assertEqual(len(found), 1, peer.actor)
        peer.do("follow", object=uri)
        peer.until_received("Accept", uri)
        followed_by = lambda: ada.account_relationships(found[0].id)[0].followed_by
        until(followed_by, "the peer follows ada")
        ada.account_follow(found[0].id)
        until(lambda: ada.account_relationships(found[0].id)[0].following, "ada follows the peer")
        peer.until_received("Follow", peer.actor)

        word = fresh("hello")
        post = ada.status_post(f"{word} to all")
        self.assertIn(word, str(peer.until_received("Create", post.uri)))
        answered = fresh("answer")
        note = peer.do("post", text=answered, to=uri, name=ACME.handle("ada"), answers=post.uri)
        seen = ada.home_post(note)
        self.assertEqual((plain(seen.content), seen.in_reply_to_id), (answered, post.id))
        mentioned = lambda: any(one.status and one.status.uri == note for one in ada.notifications(types=["mention"]))
        until(mentioned, "ada is told of the answer")

        peer.do("like", object=post.uri)
        peer.do("boost", object=post.uri)
        both = lambda: (lambda now: now.favourites_count == now.reblogs_count == 1)(ada.status(post.id))
        until(both, "ada's post is liked and boosted")
        ada.status_favourite(seen.id)
        ada.status_reblog(seen.id)
        peer.until_received("Like", note)
        peer.until_received("Announce", note)

        edited = fresh("edited")
        peer.do("edit", object=note, text=edited)
        until(lambda: plain(ada.status(seen.id).content) == edited, "the peer's edit is here")
        ada.status_update(post.id, f"{edited} by ada")
        self.assertIn(edited, str(peer.until_received("Update", post.uri)))

        peer.do("delete", object=note)
        until(lambda: self.is_gone(ada, seen.id), "the peer's post is gone")
        ada.status_delete(post.id)
        peer.until_received("Delete", post.uri)
        peer.do("unfollow", object=uri)
        until(lambda: not followed_by(), "the peer follows no more")
        ada.account_unfollow(found[0].id)
        peer.until_received("Undo", "Follow")
        self.assertEqual([one for one in peer.do("log") if one.get("type") == "Error"], [])
        self.assertEqual(ada.me().id, me.id)

    @staticmethod
    def is_gone(client, post) -> bool:
        try:
            client.status(post)
            return False
        except MastodonNotFoundError:
            return True


def journey(name: str, actor: str):
    return type(name, (Journey, unittest.TestCase), {"peer": Peer(os.environ[f"PEER_{name.upper()}"], actor)})


Rfc9421 = journey("Rfc9421", "/users/fed")
Cavage = journey("Cavage", "/users/fed")
Bovine = journey("Bovine", "/actor")
