// A server on Fedify, for `run`: one actor, `fed`, who does what POST /do tells it to ({"what": …}) and keeps what it is sent.
// ORIGIN, PORT and KNOCK (the dialect of signatures that is tried first) are in the environment.

import dns from "node:dns";
import { serve } from "@hono/node-server";
import { createFederation, generateCryptoKeyPair, InProcessMessageQueue, MemoryKvStore } from "@fedify/fedify";
import {
  Accept, Activity, Announce, Create, Delete, Endpoints, Follow, isActor, Like, Mention, Note, Person, PUBLIC_COLLECTION, Tombstone,
  Undo, Update,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

// All names of these journeys are on this machine, whether or not its resolver knows that.
const lookup = dns.lookup;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, ...rest);

const { ORIGIN, PORT, KNOCK } = process.env;
const ME = "fed";
const keys = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
const [followers, notes, log] = [new Map(), new Map(), []];

const federation = createFederation({
  kv: new MemoryKvStore(), queue: new InProcessMessageQueue(), origin: ORIGIN, allowPrivateAddress: true, firstKnock: KNOCK,
});

federation.setActorDispatcher("/users/{identifier}", async (context, name) => {
  if (name !== ME) return null;
  const pairs = await context.getActorKeyPairs(name);
  return new Person({
    id: context.getActorUri(name), preferredUsername: name, name: "A peer on Fedify", url: context.getActorUri(name),
    inbox: context.getInboxUri(name), outbox: context.getOutboxUri(name), followers: context.getFollowersUri(name),
    endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }), publicKey: pairs[0].cryptographicKey,
    assertionMethods: pairs.map((pair) => pair.multikey),
  });
}).setKeyPairsDispatcher((_context, name) => (name === ME ? keys : [])).mapHandle((_context, name) => (name === ME ? ME : null));

const keep = async (activity) => log.push(await activity.toJsonLd());
federation.setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (context, follow) => {
    await keep(follow);
    const actor = await follow.getActor(context);
    followers.set(actor.id.href, actor);
    const accept = new Accept({ id: mint(context, "accept"), actor: context.getActorUri(ME), object: follow });
    await context.sendActivity({ identifier: ME }, actor, accept);
  })
  .on(Undo, async (context, undo) => {
    await keep(undo);
    if ((await undo.getObject(context)) instanceof Follow) followers.delete(undo.actorId.href);
  })
  .on(Activity, (_context, activity) => keep(activity))
  .onError((_context, error) => log.push({ type: "Error", error: String(error) }))
  .setSharedKeyDispatcher(() => ({ identifier: ME }));
federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }));
federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
federation.setObjectDispatcher(Note, "/notes/{id}", (_context, { id }) => notes.get(id) ?? null);

const mint = (context, kind) => new URL(`#${kind}/${crypto.randomUUID()}`, context.getActorUri(ME));

async function perform(context, told) {
  const me = context.getActorUri(ME);
  const documentLoader = await context.getDocumentLoader({ identifier: ME });
  const find = async (id) => (await context.lookupObject(id, { documentLoader })) ?? Promise.reject(new Error(`no ${id}`));
  const send = async (to, activity) => {
    await context.sendActivity({ identifier: ME }, to, activity, { preferSharedInbox: true });
    return activity.id.href;
  };
  const about = async (Kind, object) => {
    const target = await find(object);
    const actor = isActor(target) ? target : await find(target.attributionId.href);
    const activity = new Kind({ id: mint(context, Kind.name), actor: me, object: target.id, tos: [PUBLIC_COLLECTION] });
    return send(actor, activity);
  };
  switch (told.what) {
    case "log": return log;
    case "follow": return about(Follow, told.object);
    case "like": return about(Like, told.object);
    case "boost": return about(Announce, told.object);
    case "unfollow": {
      const actor = await find(told.object);
      const follow = new Follow({ id: mint(context, "follow"), actor: me, object: actor.id });
      return send(actor, new Undo({ id: mint(context, "undo"), actor: me, object: follow }));
    }
    case "post": {
      const [id, actor] = [crypto.randomUUID(), await find(told.to)];
      const note = new Note({
        id: context.getObjectUri(Note, { id }), attribution: me, content: `<p>${told.text}</p>`, published: Temporal.Now.instant(),
        replyTarget: told.answers ? new URL(told.answers) : null, tos: [PUBLIC_COLLECTION],
        ccs: [context.getFollowersUri(ME), actor.id], tags: [new Mention({ href: actor.id, name: told.name })],
      });
      notes.set(id, note);
      await send(actor, new Create({ id: mint(context, "create"), actor: me, object: note, tos: note.toIds, ccs: note.ccIds }));
      return note.id.href;
    }
    case "edit": {
      const id = told.object.split("/").pop();
      const note = notes.get(id).clone({ content: `<p>${told.text}</p>`, updated: Temporal.Now.instant() });
      notes.set(id, note);
      return send("followers", new Update({ id: mint(context, "update"), actor: me, object: note, tos: [PUBLIC_COLLECTION] }));
    }
    case "delete": {
      notes.delete(told.object.split("/").pop());
      const gone = new Tombstone({ id: new URL(told.object) });
      return send("followers", new Delete({ id: mint(context, "delete"), actor: me, object: gone, tos: [PUBLIC_COLLECTION] }));
    }
  }
  throw new Error(`it cannot ${told.what}`);
}

serve({
  port: Number(PORT), hostname: "127.0.0.1",
  fetch: async (request) => {
    if (new URL(request.url).pathname !== "/do") return federation.fetch(request, { contextData: undefined });
    try {
      return Response.json({ done: await perform(federation.createContext(new URL(ORIGIN), undefined), await request.json()) });
    } catch (error) {
      return Response.json({ error: `${error.stack}` }, { status: 500 });
    }
  },
});
console.log("ready");
