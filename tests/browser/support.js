// What the journeys share: the browser, the two instances, their people, and what every page must pass.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

/** The password of everybody whom the demo has made. */
export const PASSWORD = "learn-together";

/** How long something may take that travels from one instance to the other, in milliseconds. */
const PATIENCE = 60_000;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 900 };

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What may hold in one look of a page and not in another. */
const LOOKS = ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"];

let launched;
let count = 0;

/** A word that no other journey of this run uses. */
export function fresh(word) {
    count += 1;
    return `${word}${count}x${process.pid}`;
}

function browser() {
    const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    // Chromium refuses its own sandbox to root.
    if (process.getuid?.() === 0) flags.push("--no-sandbox");
    launched ??= chromium.launch({ executablePath: process.env.POLLEN_CHROMIUM, headless: true, args: flags });
    return launched;
}

/** Ends the browser; to be called after the last journey of a file. */
export async function close() {
    if (launched) await (await launched).close();
}

/** A window of somebody who has not been here before. Limits hold for each address, so each has one of its own. */
async function window(instance, options = {}) {
    count += 1;
    const context = await (await browser()).newContext({
        baseURL: instance.url,
        locale: "en-GB",
        viewport: DESK,
        extraHTTPHeaders: { "x-forwarded-for": `10.9.${process.pid % 250}.${(count % 250) + 1}` },
        ...options,
    });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    page.scripted = options.javaScriptEnabled !== false;
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(`a script failed: ${error}`));
    page.on("console", (message) => {
        if (/content security policy/i.test(message.text())) wrong.push(message.text());
    });
    page.on("response", (response) => {
        if (response.status() >= 500) wrong.push(`${response.status()} for ${response.url()}`);
    });
    page.wrong = wrong;
    return page;
}

class Instance {
    static async at(local) {
        const { domain } = await (await fetch(`${local}/api/v2/instance`)).json();
        return new Instance(`http://${domain}`, domain, local);
    }

    constructor(url, domain, origin) {
        Object.assign(this, { url, domain, origin, company: domain.split(".")[0], people: new Map() });
    }

    handle(name) {
        return `@${name}@${this.domain}`;
    }

    /** The same address where also programs find it that do not know *.localhost. */
    local(address) {
        return new URL(new URL(address, this.url).pathname, this.origin);
    }

    /** Somebody without an account. */
    stranger(options) {
        return window(this, options);
    }

    /** One of the demo's people, signed in; in each file of journeys they sign in once. */
    async person(name, options) {
        const known = this.people.get(name);
        if (known) return window(this, { storageState: await known, ...options });
        const page = await window(this, options);
        const cookies = (async () => {
            await page.goto("/auth/sign_in");
            await signIn(page, `${name}@${this.company}.example`);
            await page.locator("nav.side").waitFor();
            return { cookies: await page.context().cookies(), origins: [] };
        })();
        this.people.set(name, cookies);
        await cookies;
        return page;
    }

    /** Somebody new, who has just registered, at the first of the three steps. */
    async newcomer(word, options, from = "/auth/sign_up") {
        const page = await window(this, options);
        const name = fresh(word);
        await page.goto(from);
        await register(page, name);
        page.person = name;
        return page;
    }
}

/** Fills the form of a sign-in, and sends it. */
export async function signIn(page, login, password = PASSWORD) {
    await page.locator("#login").fill(login);
    await page.locator("#password").fill(password);
    await page.locator("#password").press("Enter");
}

/** Fills the form of a registration, and sends it. */
export async function register(page, name) {
    await page.locator("#username").fill(name);
    await page.locator("#email").fill(`${name}@people.example`);
    await page.locator("#password").fill(PASSWORD);
    await page.locator("#agreement").check();
    await page.getByRole("button", { name: "Create an account" }).click();
}

export const main = (page) => page.locator("main");

/** The post with this text. */
export const post = (page, text) => page.locator("article.post", { hasText: text }).first();

/** Opens a page again and again until `there` is on it. */
export async function until(page, path, there, what) {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
        await page.goto(path);
        if ((await there().count()) > 0) return there();
        if (Date.now() > deadline) throw new Error(`${what} did not come to ${path}: ${await main(page).innerText()}`);
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

/** What holds for every page: nothing that axe-core finds, no sideways scrolling, no script that fails or that is waited for. */
export async function check(page, name = page.url(), rules = RULES) {
    assert.deepEqual(page.wrong, [], name);
    const [sideways, blocking] = await page.evaluate(() => [
        document.documentElement.scrollWidth - document.documentElement.clientWidth,
        document.querySelectorAll("script:not([defer])").length,
    ]);
    assert.ok(sideways <= 0, `${name} is ${sideways} pixels too wide`);
    assert.equal(blocking, 0, `${name} waits for a script before it shows`);
    // Without JavaScript it is the same page; axe-core needs it.
    if (!page.scripted) return;
    // Run by the browser's debugger, which no policy of the page keeps out.
    await page.evaluate(`globalThis.axe ?? (() => { ${AXE} })()`);
    const violations = await page.evaluate(async (rules) => {
        const type = rules.includes("wcag2a") ? "tag" : "rule";
        return (await axe.run({ runOnly: { type, values: rules }, resultTypes: ["violations"] })).violations;
    }, rules);
    const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).slice(0, 3).join("\n    ")}`);
    assert.ok(found.length === 0, `${name}:\n  ${found.join("\n  ")}`);
}

/** The same, as the page looks on a phone in the dark, then on a desk in the light. */
export async function checkLooks(page, name) {
    await page.setViewportSize(PHONE);
    await page.emulateMedia({ colorScheme: "dark" });
    await check(page, `${name}, phone, dark`);
    await page.setViewportSize(DESK);
    await page.emulateMedia({ colorScheme: "light" });
    await check(page, `${name}, desk, light`, LOOKS);
}

/** A small picture to send. */
export const PICTURE = {
    name: "chart.png",
    mimeType: "image/png",
    buffer: Buffer.from(
        "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mMwnplGEmIY1TCqYfhqAAB7fDIQ3X7cIAAAAABJRU5ErkJggg==",
        "base64",
    ),
};

export const ACME = await Instance.at(process.env.POLLEN_ACME);
export const GLOBEX = await Instance.at(process.env.POLLEN_GLOBEX);
