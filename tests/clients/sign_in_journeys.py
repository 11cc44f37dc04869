"""Clients introduce themselves, people let them in, register through them, and shut them out again."""

import base64
import hashlib
import secrets
import unittest

import requests
from mastodon import MastodonAPIError, MastodonIllegalArgumentError, MastodonUnauthorizedError
from requests.adapters import HTTPAdapter

from support import ACME, PASSWORD, SCOPES, Client, code_on, consent, fresh


class NoMetadata(HTTPAdapter):
    """Hides the document of RFC 8414. Mastodon.py revokes at the address that it names only when that begins with https,
    and takes the usual address when there is none."""

    def send(self, request, **_):
        answer = requests.Response()
        answer.status_code, answer.url, answer.request, answer._content = 404, request.url, request, b"{}"
        return answer


class SignIn(unittest.TestCase):
    def test_a_person_lets_a_client_in_and_copies_the_code(self):
        client = ACME.sign_in("ada")
        me = client.me()
        self.assertEqual((me.username, me.acct, me.display_name), ("ada", "ada", "Ada Moreau"))
        self.assertIn("Backend engineer at Acme", me.source.note)
        self.assertEqual(me.url, f"http://{ACME.domain}/@ada")
        self.assertEqual(me.source.privacy, "public")
        self.assertEqual(me.role.name, "")
        self.assertEqual(client.app_verify_credentials().name, "Journeys")

    def test_a_client_with_a_challenge_needs_its_verifier(self):
        client_id, client_secret = ACME.application()
        client = Client(ACME, client_id=client_id, client_secret=client_secret)
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        url = client.auth_request_url(scopes=["read"], state="of mind", allow_http=True)
        page = consent(f"{url}&code_challenge={challenge}&code_challenge_method=S256", "carl@acme.example")
        body = {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "client_secret": client_secret,
            "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
            "code": code_on(page),
        }
        endpoint = client.oauth_authorization_server_info()["token_endpoint"]
        self.assertTrue(endpoint.startswith(ACME.url), endpoint)
        for missing in ({}, {"code_verifier": secrets.token_urlsafe(48)}):
            refused = requests.post(endpoint, data={**body, **missing}, timeout=30)
            self.assertEqual((refused.status_code, refused.json()["error"]), (400, "invalid_grant"))
        granted = requests.post(endpoint, data={**body, "code_verifier": verifier}, timeout=30).json()
        self.assertEqual((granted["token_type"], granted["scope"]), ("Bearer", "read"))
        reader = Client(ACME, access_token=granted["access_token"])
        self.assertEqual(reader.me().username, "carl")
        with self.assertRaises(MastodonAPIError) as refused:
            reader.status_post("more than it was allowed")
        self.assertEqual(refused.exception.args[1], 403)

    def test_a_code_that_was_made_up_and_a_password_are_refused(self):
        client_id, client_secret = ACME.application()
        client = Client(ACME, client_id=client_id, client_secret=client_secret)
        with self.assertRaises(MastodonIllegalArgumentError):
            client.log_in(code="made-up", scopes=SCOPES, allow_http=True)
        with self.assertRaisesRegex(MastodonIllegalArgumentError, "Password flow is no longer supported"):
            client.log_in("ada@acme.example", PASSWORD, scopes=SCOPES, allow_http=True)

    def test_a_wrong_password_lets_nobody_in(self):
        client = Client(ACME, client_id=ACME.application()[0], client_secret=ACME.application()[1])
        url = client.auth_request_url(scopes=SCOPES, allow_http=True)
        with self.assertRaisesRegex(AssertionError, "do not go together"):
            consent(url, "ada@acme.example", "not her password")

    def test_a_token_that_was_revoked_is_good_for_nothing(self):
        client = ACME.sign_in("dora")
        token = client.access_token
        client.session.mount(f"{ACME.url}/.well-known/", NoMetadata())
        client.revoke_access_token()
        with self.assertRaises(MastodonUnauthorizedError):
            Client(ACME, access_token=token).me()


class Registration(unittest.TestCase):
    def test_a_newcomer_is_signed_in_at_once(self):
        grace = ACME.newcomer("grace")
        me = grace.me()
        self.assertTrue(me.username.startswith("grace"))
        self.assertEqual((me.statuses_count, me.locked, me.bot, me.group), (0, False, False, False))
        posted = grace.status_post("My first day")
        self.assertEqual([one.id for one in grace.account_statuses(me.id)], [posted.id])

    def test_what_cannot_be_accepted_is_said_field_by_field(self):
        client = Client(ACME, client_id=ACME.application()[0], client_secret=ACME.application()[1])
        name = fresh("henry")
        refused = lambda **change: client.mastodon.create_account(
            **{"username": name, "password": PASSWORD, "email": f"{name}@people.example", "agreement": True, **change},
            scopes=SCOPES,
            return_detailed_error=True,
        )
        for field, value, code in [
            ("username", "ada", "ERR_TAKEN"),
            ("username", "no spaces", "ERR_INVALID"),
            ("email", "nowhere", "ERR_INVALID"),
            ("password", "short", "ERR_TOO_SHORT"),
            ("agreement", False, "ERR_ACCEPTED"),
        ]:
            token, error = refused(**{field: value})
            self.assertIsNone(token)
            self.assertEqual([one.error for one in error.details[field]], [code], f"{field}: {error}")
            self.assertTrue(error.details[field][0].description, field)
