// What the journeys share: the two instances, their people, a browser to sign in with, and patience.

import dns from "node:dns";
import { createReadStream, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import megalodon from "megalodon";

import { recorded } from "./methods.js";

/** The password of everybody whom the demo has made. */
export const PASSWORD = "learn-together";

/** How long something may take that travels from one instance to the other, in milliseconds. */
const PATIENCE = 60_000;

export const SCOPES = ["read", "write", "follow", "push", "profile"];

/** Where codes are shown to be copied. */
export const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";

// Names below .localhost are this machine, as browsers know, and RFC 6761 says. The instances give such addresses.
const { lookup } = dns;
dns.lookup = (name, ...more) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, ...more);

let count = 0;

/** A word that no other journey of this run uses: for names, hashtags and texts. */
export function fresh(word) {
    count += 1;
    return `${word}${count}x${process.pid}`;
}

/** The text that a person reads. */
export function plain(html) {
    return unescape(html.replace(/<br\s*\/?>|<\/p>/g, "\n").replace(/<[^>]*>/g, "")).trim();
}

function unescape(text) {
    const named = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: " " };
    const character = (whole, name) => {
        if (!name.startsWith("#")) return named[name] ?? whole;
        return String.fromCodePoint(name[1] === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
    };
    return text.replace(/&(#?\w+);/g, character);
}

export const ids = (list) => list.map((one) => one.id);

/** Asks again and again until `happened` returns something true, and returns that; fails when it takes too long. */
export async function until(happened, what) {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
        const found = await happened();
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`in ${PATIENCE / 1000} s it did not happen that ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

/** What a refused request was answered with; fails when it was not refused. */
export async function refused(promise) {
    let answer;
    try {
        answer = await promise;
    } catch (error) {
        // masto.js, then megalodon.
        const status = error.statusCode ?? error.response?.status;
        if (status === undefined) throw error;
        return { status, error: error.response?.data?.error ?? error.message, details: error.details };
    }
    throw new Error(`this was not refused: ${JSON.stringify(answer?.data ?? answer)}`);
}

/** An address of somebody's own machine, as the proxy before an instance names it: limits hold for each. */
function address() {
    count += 1;
    return `10.${process.pid % 256}.${Math.floor(count / 250)}.${(count % 250) + 1}`;
}

/** A person's browser: keeps cookies, follows redirects, and says where a form came from. */
class Browser {
    #cookies = new Map();
    #address = address();

    async open(url, form = undefined) {
        let target = url;
        let body = form;
        for (let redirects = 0; redirects < 10; redirects += 1) {
            const { origin } = new URL(target);
            const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
            const headers = { cookie, "x-forwarded-for": this.#address };
            if (body) Object.assign(headers, { origin, referer: target, "sec-fetch-site": "same-origin" });
            const response = await fetch(target, { method: body ? "POST" : "GET", body, headers, redirect: "manual" });
            for (const set of response.headers.getSetCookie()) {
                const [, name, value] = set.match(/^([^=]+)=([^;]*)/);
                this.#cookies.set(name, value);
            }
            const location = response.headers.get("location");
            if (!location) return new Page(this, target, response.status, await response.text());
            target = new URL(location, target).href;
            body = undefined;
            // An application that waits at an address of its own.
            if (!target.startsWith(origin)) return new Page(this, target, response.status, "");
        }
        throw new Error(`${url} leads around in circles`);
    }
}

class Page {
    constructor(browser, url, status, html) {
        Object.assign(this, { browser, url, status, html });
    }

    get text() {
        return plain(this.html.replace(/<(style|script|head)[\s\S]*?<\/\1>/g, "")).replace(/\s+/g, " ");
    }

    /** The attributes of the inputs (or buttons) within some HTML. */
    static #fields(html, tag) {
        return [...html.matchAll(new RegExp(`<${tag}\\b([^>]*)>`, "g"))].map(([, inside]) => {
            const pairs = [...inside.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value = ""]) => [name, unescape(value)]);
            return Object.fromEntries(pairs);
        });
    }

    form(action) {
        const forms = [...this.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)];
        return forms.find(([, inside]) => inside.includes(`action="${action}"`))?.[2];
    }

    /** Fills and sends the form with this action, by its one button or by the one that is named. */
    submit(action, typed, button = undefined) {
        const form = this.form(action);
        if (!form) throw new Error(`no form leads to ${action} on ${this.url}: ${this.text}`);
        const fields = new Map();
        for (const { name, value } of Page.#fields(form, "input")) if (name) fields.set(name, value ?? "");
        for (const [name, value] of Object.entries(typed)) {
            if (!fields.has(name)) throw new Error(`the form on ${this.url} has no ${name}`);
            fields.set(name, value);
        }
        if (button) {
            const there = Page.#fields(form, "button").some((one) => one.name === button[0] && one.value === button[1]);
            if (!there) throw new Error(`the form on ${this.url} has no button ${button}`);
            fields.set(...button);
        }
        return this.browser.open(new URL(action, this.url).href, new URLSearchParams([...fields]));
    }

    /** The code that a person copies from the page. */
    get code() {
        const shown = Page.#fields(this.html, "input").find((one) => one.id === "code");
        if (!shown) throw new Error(`there is no code on ${this.url}: ${this.text}`);
        return shown.value;
    }
}

/** What a person does whom a client sends to `url`: they sign in and allow it. Returns the page after that. */
export async function consent(url, login, password = PASSWORD) {
    const asked = await new Browser().open(url);
    const next = await asked.submit("/auth/sign_in", { login, password });
    return next.submit("/oauth/authorize", {}, ["decision", "allow"]);
}

/** One of the two. */
class Instance {
    #people = new Map();
    #application;

    constructor(url, domain) {
        Object.assign(this, { url, domain, company: domain.split(".")[0] });
    }

    static async at(url) {
        const response = await fetch(`${url}/api/v2/instance`);
        return new Instance(url, (await response.json()).domain);
    }

    handle(name) {
        return `@${name}@${this.domain}`;
    }

    /** masto.js with a token, or as somebody without an account. */
    masto(accessToken = undefined, from = address()) {
        const requestInit = { headers: { "x-forwarded-for": from } };
        return recorded("masto", createRestAPIClient({ url: this.url, accessToken, requestInit, timeout: 30_000 }));
    }

    oauth() {
        const requestInit = { headers: { "x-forwarded-for": address() } };
        return recorded("masto", createOAuthAPIClient({ url: this.url, requestInit, timeout: 30_000 }), "oauth");
    }

    megalodon(accessToken = undefined) {
        const client = megalodon("mastodon", this.url, accessToken);
        client.client.axios.defaults.headers.common["x-forwarded-for"] = address();
        return recorded("megalodon", client);
    }

    application() {
        this.#application ??= this.masto().v1.apps.create({
            clientName: "Journeys",
            redirectUris: OUT_OF_BAND,
            scopes: [...SCOPES, "admin:read", "admin:write"].join(" "),
        });
        return this.#application;
    }

    /** One of the demo's people, signed in once for all journeys of a file. */
    person(name) {
        if (!this.#people.has(name)) this.#people.set(name, this.signIn(name));
        return this.#people.get(name);
    }

    async signIn(name, scopes = SCOPES) {
        const { clientId, clientSecret } = await this.application();
        const asked = new URLSearchParams({
            response_type: "code",
            client_id: clientId,
            redirect_uri: OUT_OF_BAND,
            scope: scopes.join(" "),
        });
        const { code } = await consent(`${this.url}/oauth/authorize?${asked}`, `${name}@${this.company}.example`);
        const granted = await this.oauth().token.create({
            grantType: "authorization_code",
            clientId,
            clientSecret,
            redirectUri: OUT_OF_BAND,
            code,
        });
        return Person.with(this, granted.accessToken);
    }

    /** Somebody new, who registers through a client. */
    async newcomer(word) {
        const { clientId, clientSecret } = await this.application();
        const app = await this.oauth().token.create({
            grantType: "client_credentials",
            clientId,
            clientSecret,
            redirectUri: OUT_OF_BAND,
            scope: SCOPES.join(" "),
        });
        const username = fresh(word);
        const token = await this.masto(app.accessToken).v1.accounts.create({
            username,
            password: PASSWORD,
            email: `${username}@people.example`,
            agreement: true,
            locale: "en",
        });
        return Person.with(this, token.accessToken);
    }
}

/** Somebody who is signed in, with both clients. */
class Person {
    constructor(instance, token, account) {
        Object.assign(this, { instance, token, account, name: account.username, id: account.id });
        this.masto = instance.masto(token);
        this.megalodon = instance.megalodon(token);
        this.handle = instance.handle(account.username);
        /** How the people of the other instance see the name. */
        this.acct = `${account.username}@${instance.domain}`;
    }

    static async with(instance, token) {
        return new Person(instance, token, await instance.masto(token).v1.accounts.verifyCredentials());
    }

    post(status, more = {}) {
        return this.masto.v1.statuses.create({ status, ...more });
    }

    /** The account with this handle, as this person's instance knows it, asked for at its own if need be. */
    async find(handle) {
        const { accounts } = await this.masto.v2.search.list({ q: handle, type: "accounts", resolve: true });
        if (accounts.length !== 1) throw new Error(`${handle} finds ${accounts.map((one) => one.acct)}`);
        return accounts[0];
    }

    /** The post with this ActivityPub id, once it is in the home timeline. */
    homePost(uri) {
        const atHome = async () => (await this.masto.v1.timelines.home.list({ limit: 40 })).find((one) => one.uri === uri);
        return until(atHome, `${uri} is in the home timeline`);
    }

    async relationship(id) {
        return (await this.masto.v1.accounts.relationships.fetch({ id: [id] }))[0];
    }

    /** Follows somebody at the other instance, and waits until that has accepted. */
    async follow(other) {
        const { id } = await this.find(other.handle);
        await this.masto.v1.accounts.$select(id).follow();
        await until(async () => (await this.relationship(id)).following, `${this.name} follows ${other.handle}`);
        return id;
    }

    /** masto.js's streams, over one WebSocket. */
    streams() {
        const streamingApiUrl = this.instance.url.replace("http", "ws");
        const client = createStreamingAPIClient({ streamingApiUrl, accessToken: this.token });
        return recorded("masto", client, "streaming");
    }
}

/**
 * Waits for something on streams. Nobody is told when a stream is on, so what is to be heard is done again and again:
 * `act` does it, and what was heard, told `heard(event)`, is over when that returns something true.
 */
export class Listener {
    #heard = [];
    #waiting = [];

    /** To be called with each event. */
    tell(event) {
        this.#heard.push(event);
        for (const wake of this.#waiting.splice(0)) wake();
    }

    /** Reads a subscription of masto.js, until that is ended. */
    read(subscription) {
        const all = async () => {
            for await (const event of subscription) this.tell(event);
        };
        this.reading = all().catch((error) => this.tell({ error }));
        return this;
    }

    /** The first event, of all that came, for which `isIt` says so. */
    async hear(isIt, what, within = PATIENCE) {
        const deadline = Date.now() + within;
        for (;;) {
            const found = this.#heard.find(isIt);
            if (found) return found;
            const left = deadline - Date.now();
            if (left <= 0) throw new Error(`${what} was not heard, but ${JSON.stringify(this.#heard).slice(0, 2000)}`);
            await new Promise((resolve) => {
                this.#waiting.push(resolve);
                setTimeout(resolve, left).unref();
            });
        }
    }

    /** Does `act` until the event comes that `isIt` knows, given what `act` returned. */
    async provoke(act, isIt, what) {
        const deadline = Date.now() + PATIENCE;
        const done = [];
        for (;;) {
            done.push(await act());
            try {
                return await this.hear((event) => done.some((one) => isIt(event, one)), what, 1000);
            } catch (error) {
                if (Date.now() > deadline) throw error;
            }
        }
    }
}

/** A small picture, as a browser and as Node's own programs have files. */
const PICTURE = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mMwnplGEmIY1TCqYfhqAAB7fDIQ3X7cIAAAAABJRU5ErkJggg==",
    "base64",
);

export function picture() {
    return new Blob([PICTURE], { type: "image/png" });
}

export function pictureStream() {
    const path = join(tmpdir(), `${fresh("picture")}.png`);
    writeFileSync(path, PICTURE);
    return createReadStream(path);
}

export const ACME = await Instance.at(process.env.POLLEN_ACME);
export const GLOBEX = await Instance.at(process.env.POLLEN_GLOBEX);

/** Somebody who may do everything at Acme. */
export const owner = () => ACME.signIn("olga", [...SCOPES, "admin:read", "admin:write"]);
