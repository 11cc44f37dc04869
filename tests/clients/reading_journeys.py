"""People find one another, follow, read page by page, and are told of what concerns them, through Mastodon.py."""

import unittest

from mastodon import MastodonNotFoundError

from support import ACME, GLOBEX, fresh, plain, until


class Following(unittest.TestCase):
    def test_a_follow_is_seen_on_both_sides(self):
        ida, ben = ACME.newcomer("ida"), GLOBEX.person("ben")
        remote = ida.find(GLOBEX.handle("ben"))
        self.assertEqual((remote.acct, remote.display_name), (f"ben@{GLOBEX.domain}", "Ben Tanaka"))
        self.assertEqual(ida.account_lookup(f"ben@{GLOBEX.domain}").id, remote.id)
        ida.account_follow(remote.id)
        following = lambda: ida.account_relationships(remote.id)[0].following
        until(following, "ben's server accepts")
        self.assertEqual([one.acct for one in ida.account_following(ida.me().id)], [f"ben@{GLOBEX.domain}"])
        handle = f"{ida.me().acct}@{ACME.domain}"
        self.assertIn(handle, [one.account.acct for one in ben.notifications(types=["follow"])])
        self.assertIn(handle, [one.acct for one in ben.account_followers(ben.me().id)])
        post = ben.status_post("For all who follow me", visibility="private")
        self.assertEqual(ida.home_post(post.uri).visibility, "private")

        left = ida.account_unfollow(remote.id)
        self.assertFalse(left.following)
        followers = lambda: [one.acct for one in ben.account_followers(ben.me().id)]
        until(lambda: handle not in followers(), "ben's server hears of it")

    def test_whoever_is_locked_decides_who_follows(self):
        hana = ACME.newcomer("hana")
        self.assertTrue(hana.account_update_credentials(locked=True).locked)
        ben, eve = GLOBEX.person("ben"), GLOBEX.person("eve")
        name = f"@{hana.me().acct}@{ACME.domain}"
        for client in (ben, eve):
            asked = client.account_follow(client.find(name).id)
            self.assertEqual((asked.following, asked.requested), (False, True))
        requests = until(lambda: (found := hana.follow_requests()) if len(hana.follow_requests()) == 2 else None, "both ask")
        ids = {one.acct: one.id for one in requests}
        self.assertEqual(set(ids), {f"ben@{GLOBEX.domain}", f"eve@{GLOBEX.domain}"})
        self.assertEqual({one.type for one in hana.notifications()}, {"follow_request"})
        self.assertTrue(hana.follow_request_authorize(ids[f"ben@{GLOBEX.domain}"]).followed_by)
        self.assertFalse(hana.follow_request_reject(ids[f"eve@{GLOBEX.domain}"]).followed_by)
        self.assertEqual(hana.follow_requests(), [])
        standing = lambda client: client.account_relationships(client.find(name).id)[0]
        until(lambda: standing(ben).following, "ben hears that he may follow")
        until(lambda: not standing(eve).requested, "eve hears that she may not")
        self.assertFalse(standing(eve).following)
        post = hana.status_post("For those whom I let in", visibility="private")
        arrived = ben.home_post(post.uri)
        with self.assertRaises(MastodonNotFoundError):
            eve.status(arrived.id)


class Finding(unittest.TestCase):
    def test_a_post_is_found_by_its_address(self):
        # Finn is followed by nobody at Acme, so his posts are not there by themselves.
        post = GLOBEX.person("finn").status_post(fresh("Hidden in plain sight "))
        carl = ACME.person("carl")
        for address in (post.url, post.uri):
            found = carl.find_post(address)
            self.assertEqual((found.uri, plain(found.content)), (post.uri, plain(post.content)))
        self.assertEqual(GLOBEX.person("finn").find_post(post.url).id, post.id)

    def test_a_private_post_is_found_by_nobody(self):
        post = GLOBEX.person("finn").status_post("Not for the world", visibility="private")
        self.assertEqual(ACME.person("carl").search_v2(post.url, resolve=True).statuses, [])

    def test_names_and_hashtags_are_found(self):
        carl, tag = ACME.person("carl"), fresh("zebra")
        carl.status_post(f"#{tag}")
        self.assertEqual([one.name for one in carl.search_v2(f"#{tag}", result_type="hashtags").hashtags], [tag])
        self.assertEqual([one.acct for one in carl.account_search("Dora Okafor")], ["dora"])
        nobody = f"@{fresh('nobody')}@{GLOBEX.domain}"
        self.assertEqual(carl.search_v2(nobody, resolve=True).accounts, [])
        with self.assertRaises(MastodonNotFoundError):
            carl.account_lookup("nobody")


class Reading(unittest.TestCase):
    def test_every_page_forward_and_back_has_each_post_once(self):
        jo, tag = ACME.newcomer("jo"), fresh("pages")
        written = [jo.status_post(f"page {number} #{tag}").id for number in range(7)]
        newest_first = written[::-1]
        ways = [
            lambda: jo.timeline_home(limit=3),
            lambda: jo.timeline_hashtag(tag, limit=3),
            lambda: jo.account_statuses(jo.me().id, limit=3),
            lambda: ACME.stranger().timeline_hashtag(tag, limit=3),
        ]
        for number, first_page in enumerate(ways):
            with self.subTest(way=number):
                self._read_through(jo, first_page(), newest_first)

    def test_notifications_have_pages_too(self):
        kim, carl = ACME.newcomer("kim"), ACME.person("carl")
        posts = [kim.status_post(f"number {number}") for number in range(5)]
        for post in posts:
            carl.status_favourite(post.id)
        first_page = kim.notifications(limit=2)
        pages, ids = [first_page], [one.id for one in first_page]
        while page := kim.fetch_next(pages[-1]):
            pages.append(page)
            ids.extend(one.id for one in page)
        self.assertEqual(len(ids), 5)
        self.assertEqual(ids, sorted(set(ids), key=int, reverse=True))
        back = [one.id for one in pages[-1]]
        page = pages[-1]
        while page := kim.fetch_previous(page):
            back = [one.id for one in page] + back
        self.assertEqual(back, ids)

    def _read_through(self, client, first_page, newest_first):
        self.assertEqual([one.id for one in first_page], newest_first[:3])
        pages = [first_page]
        while page := client.fetch_next(pages[-1]):
            self.assertLess(len(pages), 10)
            pages.append(page)
        self.assertEqual([len(page) for page in pages], [3, 3, 1])
        self.assertEqual([one.id for page in pages for one in page], newest_first)
        back, page = [one.id for one in pages[-1]], pages[-1]
        while page := client.fetch_previous(page):
            back = [one.id for one in page] + back
            self.assertLessEqual(len(back), len(newest_first))
        self.assertEqual(back, newest_first)

    def test_the_public_timeline_knows_what_is_from_here(self):
        ada, ben, tag = ACME.person("ada"), GLOBEX.person("ben"), fresh("where")
        here = ada.status_post(f"#{tag} from here")
        there = ben.status_post(f"#{tag} from there")
        ada.home_post(there.uri)
        uris = lambda **which: {one.uri for one in ada.timeline_public(limit=40, **which)} & {here.uri, there.uri}
        self.assertEqual(uris(), {here.uri, there.uri})
        self.assertEqual(uris(local=True), {here.uri})
        self.assertEqual(uris(remote=True), {there.uri})
        self.assertEqual([one.uri for one in ada.timeline_hashtag(tag)], [there.uri, here.uri])
        self.assertEqual([one.uri for one in ada.timeline_hashtag(tag, local=True)], [here.uri])

    def test_a_group_s_profile_shows_what_was_posted_to_it(self):
        guild = ACME.person("carl").find(ACME.handle("rust-guild"))
        self.assertEqual((guild.group, guild.display_name), (True, "Rust Guild"))
        text = fresh("A profile of borrowed things ")
        post = ACME.person("ada").status_post(f"@rust-guild {text}")
        shown = lambda: [one for one in ACME.stranger().account_statuses(guild.id) if one.reblog and one.reblog.id == post.id]
        boost = until(shown, "the group relays the post")[0]
        self.assertIn(text.strip(), plain(boost.reblog.content))
        at_globex = GLOBEX.person("finn").find(ACME.handle("rust-guild"))
        there = lambda: [
            one for one in GLOBEX.person("finn").account_statuses(at_globex.id) if one.reblog and one.reblog.uri == post.uri
        ]
        until(there, "the group's profile at Globex shows it")

    def test_notifications_are_read_one_by_one_and_cleared(self):
        lea, carl = ACME.newcomer("lea"), ACME.person("carl")
        post = lea.status_post("Tell me what you think")
        carl.account_follow(lea.me().id)
        carl.status_favourite(post.id)
        carl.status_reblog(post.id)
        reply = carl.status_reply(post, "I think so too")
        told = lea.notifications()
        self.assertEqual([one.type for one in told], ["mention", "reblog", "favourite", "follow"])
        self.assertEqual({one.account.acct for one in told}, {"carl"})
        self.assertEqual([one.status and one.status.id for one in told], [reply.id, post.id, post.id, None])
        self.assertEqual([one.type for one in lea.notifications(exclude_types=["mention", "follow"])], ["reblog", "favourite"])
        self.assertEqual(lea.notifications_unread_count().count, 4)
        lea.markers_set("notifications", told[1].id)
        self.assertEqual(lea.markers_get("notifications")["notifications"].last_read_id, told[1].id)
        self.assertEqual(lea.notifications_unread_count().count, 1)
        lea.notifications_dismiss(told[0].id)
        self.assertEqual([one.id for one in lea.notifications()], [one.id for one in told[1:]])
        self.assertEqual(lea.notifications(told[3].id).type, "follow")
        lea.notifications_clear()
        self.assertEqual(lea.notifications(), [])


class Instances(unittest.TestCase):
    def test_an_instance_introduces_itself(self):
        stranger = ACME.stranger()
        for about in (stranger.instance_v2(), stranger.instance_v1()):
            self.assertEqual(about.title, "Acme")
            self.assertTrue(about.version.startswith("4."), about.version)
            self.assertEqual(about.configuration.statuses.max_characters, 5000)
            self.assertEqual(about.rules[0].text, "Ask. No question is too small.")
        self.assertEqual(stranger.instance_v2().domain, ACME.domain)
        self.assertEqual([one.id for one in stranger.instance_rules()], ["1", "2"])
        self.assertTrue(stranger.instance_health())
        self.assertEqual(stranger.instance_nodeinfo().software.name, "pollen")
        self.assertTrue(stranger.verify_minimum_version("4.4.0"))

    def test_preferences_and_markers_are_kept(self):
        mia = ACME.newcomer("mia")
        mia.account_update_credentials(display_name="Mia", note="Learns #sql", default_language="de", default_privacy="unlisted")
        wished = mia.preferences()
        self.assertEqual(wished["posting:default:visibility"], "unlisted")
        self.assertEqual(wished["posting:default:language"], "de")
        post = mia.status_post("Ohne Angaben")
        self.assertEqual((post.visibility, post.language, post.account.display_name), ("unlisted", "de", "Mia"))
        self.assertEqual(mia.markers_set("home", post.id)["home"].last_read_id, post.id)
        self.assertEqual(mia.markers_get("home")["home"].last_read_id, post.id)

    def test_a_newcomer_has_nothing_yet(self):
        una = ACME.newcomer("una")
        for empty in (una.lists, una.bookmarks, una.mutes, una.blocks, una.conversations, una.custom_emojis, una.filters_v2):
            self.assertEqual(empty(), [], empty)
