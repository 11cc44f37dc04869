"""People write, answer, like and share through Mastodon.py."""

import unittest

from mastodon import MastodonAPIError, MastodonNotFoundError

from support import ACME, GLOBEX, fresh, plain, until


class Posting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ada, cls.carl = ACME.person("ada"), ACME.person("carl")

    def test_a_post_is_what_was_written(self):
        tag = fresh("borrow")
        posted = self.ada.status_post(
            f"Two & two\n\nmake <four> #{tag} @carl", spoiler_text="arithmetic", language="en", sensitive=True
        )
        self.assertIn("Two &amp; two", posted.content)
        self.assertIn("make &lt;four&gt;", posted.content)
        self.assertEqual((posted.spoiler_text, posted.language, posted.sensitive), ("arithmetic", "en", True))
        self.assertEqual(posted.visibility, "public")
        self.assertEqual([one.name for one in posted.tags], [tag])
        self.assertEqual([one.acct for one in posted.mentions], ["carl"])
        self.assertEqual(posted.application.name, "Journeys")
        self.assertEqual((posted.url, posted.account.acct), (f"http://{ACME.domain}/@ada/{posted.id}", "ada"))
        again = self.carl.status(posted.id)
        self.assertEqual((again.content, again.created_at), (posted.content, posted.created_at))
        source = self.ada.status_source(posted.id)
        self.assertEqual((source.text, source.spoiler_text), (f"Two & two\n\nmake <four> #{tag} @carl", "arithmetic"))

    def test_markdown_is_read_when_the_client_says_so(self):
        posted = self.ada.status_post("**bold** and `code`", content_type="text/markdown")
        self.assertIn("<strong>bold</strong>", posted.content)
        self.assertIn("<code>code</code>", posted.content)
        self.assertIn("**bold**", self.ada.status_post("**bold**").content)

    def test_a_retry_with_the_same_key_posts_once(self):
        before = self.ada.me().statuses_count
        key = fresh("key")
        first = self.ada.status_post("sent twice", idempotency_key=key)
        second = self.ada.status_post("sent twice", idempotency_key=key)
        self.assertEqual(first.id, second.id)
        self.assertNotEqual(self.ada.status_post("sent twice", idempotency_key=fresh("key")).id, first.id)
        self.assertEqual(self.ada.me().statuses_count, before + 2)

    def test_each_audience_reaches_whom_it_names(self):
        # Carl follows ada; the newcomer does not, and neither does a stranger have an account.
        newcomer, stranger = ACME.newcomer("ivy"), ACME.stranger()
        posts = {
            visibility: self.ada.status_post(f"for some: {visibility}", visibility=visibility)
            for visibility in ("public", "unlisted", "private", "direct")
        }
        sees = lambda client: {name for name, post in posts.items() if self._sees(client, post.id)}
        self.assertEqual({name: post.visibility for name, post in posts.items()}, {name: name for name in posts})
        self.assertEqual(sees(self.ada), set(posts))
        self.assertEqual(sees(self.carl), {"public", "unlisted", "private"})
        self.assertEqual(sees(newcomer), {"public", "unlisted"})
        self.assertEqual(sees(stranger), {"public", "unlisted"})
        to_her = self.ada.status_post(f"only for you: @{newcomer.me().acct}", visibility="direct")
        self.assertTrue(self._sees(newcomer, to_her.id))
        self.assertFalse(self._sees(self.carl, to_her.id))
        in_public = {one.id for one in stranger.timeline_public(limit=40)}
        self.assertEqual({name for name, post in posts.items() if post.id in in_public}, {"public"})
        with self.assertRaisesRegex(MastodonAPIError, "422"):
            self.ada.status_reblog(to_her.id)

    def _sees(self, client, status_id):
        try:
            return client.status(status_id).id == status_id
        except MastodonNotFoundError:
            return False

    def test_a_thread_is_told_in_order(self):
        root = self.ada.status_post("How long is a piece of string?")
        answer = self.carl.status_reply(root, "Twice from its middle")
        self.assertEqual((answer.in_reply_to_id, answer.in_reply_to_account_id), (root.id, root.account.id))
        self.assertIn("@ada", plain(answer.content))
        thanks = self.ada.status_post("Of course!", in_reply_to_id=answer.id)
        around = self.ada.status_context(answer.id)
        self.assertEqual([one.id for one in around.ancestors], [root.id])
        self.assertEqual([one.id for one in around.descendants], [thanks.id])
        self.assertEqual([one.id for one in self.ada.status_context(root.id).descendants], [answer.id, thanks.id])
        self.assertEqual(self.ada.status(root.id).replies_count, 1)

    def test_a_favourite_and_a_boost_can_be_taken_back(self):
        post = self.ada.status_post("Worth a second look")
        liked = self.carl.status_favourite(post.id)
        self.assertEqual((liked.favourited, liked.favourites_count), (True, 1))
        self.assertEqual([one.acct for one in self.ada.status_favourited_by(post.id)], ["carl"])
        self.assertIn(post.id, [one.id for one in self.carl.favourites()])
        # Others are not told how many liked it.
        self.assertEqual(ACME.person("dora").status(post.id).favourites_count, 0)
        self.assertFalse(self.carl.status_unfavourite(post.id).favourited)
        boost = self.carl.status_reblog(post.id)
        self.assertNotEqual(boost.id, post.id)
        self.assertEqual((boost.reblog.id, boost.reblog.reblogged, boost.account.acct), (post.id, True, "carl"))
        self.assertEqual([one.acct for one in self.ada.status_reblogged_by(post.id)], ["carl"])
        self.assertEqual(self.carl.account_statuses(self.carl.me().id)[0].reblog.id, post.id)
        taken_back = self.carl.status_unreblog(post.id)
        self.assertEqual((taken_back.id, taken_back.reblogged), (post.id, False))
        with self.assertRaises(MastodonNotFoundError):
            self.ada.status(boost.id)

    def test_a_deleted_post_gives_its_text_back_and_is_gone(self):
        post = self.ada.status_post("Let me **rephrase**", content_type="text/markdown")
        self.assertEqual(self.ada.status_delete(post.id).text, "Let me **rephrase**")
        for client in (self.ada, self.carl, ACME.stranger()):
            with self.assertRaises(MastodonNotFoundError):
                client.status(post.id)

    def test_nobody_deletes_what_another_wrote(self):
        post = self.ada.status_post("Mine")
        with self.assertRaises(MastodonNotFoundError):
            self.carl.status_delete(post.id)
        self.assertEqual(self.carl.status(post.id).id, post.id)

    def test_a_refusal_says_why(self):
        for text in ("", "x" * 5001):
            with self.assertRaises(MastodonAPIError) as refused:
                self.ada.status_post(text)
            self.assertEqual(refused.exception.args[1], 422)
            self.assertIn("Validation failed", refused.exception.args[3])


class AcrossCompanies(unittest.TestCase):
    """Ben at Globex follows ada at Acme, and she him."""

    @classmethod
    def setUpClass(cls):
        cls.ada, cls.ben = ACME.person("ada"), GLOBEX.person("ben")

    def test_what_one_writes_the_other_reads_answers_likes_and_shares(self):
        text = fresh("Rust editions are ")
        post = self.ada.status_post(f"{text}\n\n#til", spoiler_text="languages", language="en")
        arrived = self.ben.home_post(post.uri)
        self.assertEqual(plain(arrived.content), plain(post.content))
        self.assertEqual((arrived.spoiler_text, arrived.language), ("languages", "en"))
        self.assertEqual((arrived.url, arrived.created_at), (post.url, post.created_at))
        self.assertEqual(arrived.account.acct, f"ada@{ACME.domain}")

        answer = self.ben.status_reply(arrived, "And how does one choose?")
        at_home = self.ada.home_post(answer.uri)
        self.assertEqual(at_home.in_reply_to_id, post.id)
        self.assertEqual([one.id for one in self.ada.status_context(post.id).descendants], [at_home.id])

        self.ben.status_favourite(arrived.id)
        # Her own post is at her home already; of the boost she is told.
        self.ben.status_reblog(arrived.id)
        expected = {
            (kind, f"ben@{GLOBEX.domain}", status_id)
            for kind, status_id in [("favourite", post.id), ("reblog", post.id), ("mention", at_home.id)]
        }
        told = lambda: {
            (one.type, one.account.acct, one.status.id)
            for one in self.ada.notifications(types=["favourite", "reblog", "mention"])
        }
        until(lambda: expected <= told(), f"ada is told of {expected}")

    def test_a_deleted_post_is_deleted_at_the_other_company(self):
        post = self.ada.status_post("I take it back")
        arrived = self.ben.home_post(post.uri)
        self.ada.status_delete(post.id)
        marker = self.ada.status_post("After that")
        self.ben.home_post(marker.uri)
        with self.assertRaises(MastodonNotFoundError):
            self.ben.status(arrived.id)

    def test_a_message_arrives_at_nobody_else(self):
        message = self.ada.status_post(f"Only for you: {GLOBEX.handle('ben')}", visibility="direct")
        told = lambda: [one for one in self.ben.notifications(types=["mention"]) if one.status.uri == message.uri]
        arrived = until(told, "ben is told of the message")[0].status
        self.assertEqual((arrived.visibility, [one.acct for one in arrived.mentions]), ("direct", ["ben"]))
        with self.assertRaises(MastodonNotFoundError):
            GLOBEX.person("eve").status(arrived.id)

    def test_a_post_to_a_group_reaches_its_followers_everywhere(self):
        text = fresh("Which crate reads TOML? ")
        post = GLOBEX.person("finn").status_post(f"{ACME.handle('rust-guild')} {text} #question")
        relayed = self.ada.home_boost(post.uri, "rust-guild").reblog
        self.assertEqual(relayed.account.acct, f"finn@{GLOBEX.domain}")
        self.assertIn(text.strip(), plain(relayed.content))
        by_ada = self.ada.status_post(f"@rust-guild {fresh('Lifetimes, explained ')}")
        # He follows her, too: at home it stands once, by her, and with the group it stands there.
        self.ben.home_post(by_ada.uri)
        group = self.ben.find(f"rust-guild@{ACME.domain}")
        self.assertTrue(group.group)
        relays = lambda: [one.reblog for one in self.ben.account_statuses(group.id) if one.reblog]
        relayed = until(lambda: [one for one in relays() if one.uri == by_ada.uri], "the group has boosted it")[0]
        self.assertEqual(relayed.account.acct, f"ada@{ACME.domain}")
        boosted = [one.reblog.uri for one in self.ben.timeline_home(limit=40) if one.reblog]
        self.assertNotIn(by_ada.uri, boosted)
