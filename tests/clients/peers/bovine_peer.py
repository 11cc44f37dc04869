"""A server on bovine, for `run`: one actor, `cow`, who does what POST /do tells it to ({"what": …}) and keeps what it is sent.

ORIGIN and PORT are in the environment.
"""

import asyncio
import json
import os
import socket
import traceback
import uuid
from datetime import datetime, timezone

from aiohttp import ClientSession, web
from bovine import BovineActor
from bovine.activitystreams import Actor
from bovine.crypto import build_validate_http_signature_raw, generate_rsa_public_private_key
from bovine.crypto.types import CryptographicIdentifier

ORIGIN, PORT = os.environ["ORIGIN"], int(os.environ["PORT"])
ME, HOST = f"{ORIGIN}/actor", ORIGIN.removeprefix("http://")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = ["https://www.w3.org/ns/activitystreams", {"Hashtag": "as:Hashtag"}]

# All names of these journeys are on this machine, whether or not its resolver knows that.
_getaddrinfo = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: _getaddrinfo(
    "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more
)

public_key, private_key = generate_rsa_public_private_key()
actor = Actor(
    id=ME, type="Person", preferred_username="cow", name="A peer on bovine", inbox=f"{ORIGIN}/inbox", outbox=f"{ORIGIN}/outbox",
    followers=f"{ORIGIN}/followers", following=f"{ORIGIN}/following", public_key=public_key, public_key_name="main-key",
).build()
log, notes, followers = [], {}, {}
client: BovineActor


def mint(kind: str) -> str:
    return f"{ORIGIN}/{kind}/{uuid.uuid4()}"


def activity(kind: str, target, **more) -> dict:
    return {"@context": CONTEXT, "id": mint(kind.lower()), "type": kind, "actor": ME, "object": target, **more}


async def send(inbox: str, what: dict) -> str:
    answer = await client.post(inbox, what)
    assert answer.status == 202, f"{inbox} answered {answer.status}: {await answer.text()}"
    return what["id"]


async def find_key(key_id: str):
    found = await client.get(key_id)
    key = found.get("publicKey", found)
    return CryptographicIdentifier.from_pem(key["publicKeyPem"], key["owner"])


validate = build_validate_http_signature_raw(find_key)


async def inbox(request: web.Request) -> web.Response:
    body = await request.read()

    async def read():
        return body

    owner = await validate(request.method, ORIGIN + request.path_qs, request.headers, read)
    received = json.loads(body)
    if not owner or owner != received["actor"]:
        return web.Response(status=401)
    log.append(received)
    if received["type"] == "Follow":
        followers[owner] = (await client.get(owner))["inbox"]
        asyncio.get_running_loop().create_task(send(followers[owner], activity("Accept", received, to=[owner])))
    return web.Response(status=202)


async def perform(told: dict):
    what, target = told["what"], told.get("object")
    if what == "log":
        return log
    if what in ("follow", "unfollow"):
        follow = activity("Follow", target, to=[target])
        found = await client.get(target)
        return await send(found["inbox"], follow if what == "follow" else activity("Undo", follow))
    if what in ("like", "boost"):
        found = await client.get((await client.get(target))["attributedTo"])
        kind = "Like" if what == "like" else "Announce"
        return await send(found["inbox"], activity(kind, target, to=[PUBLIC], cc=[found["id"]]))
    if what == "post":
        found = await client.get(told["to"])
        note = {
            "@context": CONTEXT, "id": mint("notes"), "type": "Note", "attributedTo": ME, "content": f"<p>{told['text']}</p>",
            "published": datetime.now(timezone.utc).isoformat(), "to": [PUBLIC], "cc": [f"{ORIGIN}/followers", told["to"]],
            "tag": [{"type": "Mention", "href": told["to"], "name": told["name"]}], "inReplyTo": told.get("answers"),
        }
        notes[note["id"]] = note
        await send(found["inbox"], activity("Create", note, to=note["to"], cc=note["cc"]))
        return note["id"]
    if what == "edit":
        note = notes[target]
        note["content"], note["updated"] = f"<p>{told['text']}</p>", datetime.now(timezone.utc).isoformat()
        change = activity("Update", note, to=[PUBLIC])
    else:
        assert what == "delete", f"it cannot {what}"
        del notes[target]
        change = activity("Delete", {"id": target, "type": "Tombstone"}, to=[PUBLIC])
    for follower in set(followers.values()):
        await send(follower, change)
    return change["id"]


async def do(request: web.Request) -> web.Response:
    try:
        return web.json_response({"done": await perform(await request.json())})
    except Exception:
        return web.json_response({"error": traceback.format_exc()}, status=500)


def document(found: dict | None) -> web.Response:
    if found is None:
        return web.Response(status=404)
    return web.Response(text=json.dumps(found), content_type="application/activity+json")


async def webfinger(request: web.Request) -> web.Response:
    if request.query.get("resource") != f"acct:cow@{HOST}":
        return web.Response(status=404)
    links = [{"rel": "self", "type": "application/activity+json", "href": ME}]
    text = json.dumps({"subject": f"acct:cow@{HOST}", "links": links})
    return web.Response(text=text, content_type="application/jrd+json")


async def collection(request: web.Request) -> web.Response:
    return document({"@context": CONTEXT, "id": ORIGIN + request.path, "type": "OrderedCollection", "orderedItems": []})


async def main():
    global client
    app = web.Application()
    app.add_routes([
        web.get("/actor", lambda _: answer(actor)), web.post("/inbox", inbox), web.post("/do", do),
        web.get("/notes/{id}", lambda request: answer(notes.get(ORIGIN + request.path))),
        web.get("/.well-known/webfinger", webfinger),
        *(web.get(f"/{name}", collection) for name in ("outbox", "followers", "following")),
    ])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    client = BovineActor(actor_id=ME, public_key_url=f"{ME}#main-key", secret=private_key)
    await client.init(session=ClientSession(trust_env=False))
    print("ready", flush=True)
    await asyncio.Event().wait()


async def answer(found: dict | None) -> web.Response:
    return document(found)


asyncio.run(main())
