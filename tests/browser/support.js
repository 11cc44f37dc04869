// What the journeys share: the browser, the two instances, their people, and what every page must pass.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

/** The password of everybody whom the demo has made. */
export const PASSWORD = "learn-together";

/** How long something may take that travels from one instance to the other, in milliseconds. */
const PATIENCE = 60_000;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 900 };

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
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
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
        return new Instance(`http://${domain}`, domain);
    }

    constructor(url, domain) {
        Object.assign(this, { url, domain, company: domain.split(".")[0] });
    }

    handle(name) {
        return `@${name}@${this.domain}`;
    }

    /** Somebody without an account. */
    stranger(options) {
        return window(this, options);
    }

    /** One of the demo's people, signed in. */
    async person(name, options) {
        const page = await window(this, options);
        await page.goto("/auth/sign_in");
        await signIn(page, `${name}@${this.company}.example`);
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
    await main(page).getByRole("button", { name: "Sign in", exact: true }).click();
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

/** What holds for every page: nothing that axe-core finds, no sideways scrolling, no script that fails, not too large. */
export async function check(page, name = page.url()) {
    assert.deepEqual(page.wrong, [], name);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(sideways <= 0, `${name} is ${sideways} pixels too wide`);
    // Run by the browser's debugger, which no policy of the page keeps out.
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).slice(0, 3).join(" | ")}`);
    assert.deepEqual(found, [], name);
}

/** Keeps a picture of the page, where pictures are kept. */
export async function picture(page, name) {
    const directory = process.env.POLLEN_SCREENSHOTS;
    if (directory) await page.screenshot({ path: join(directory, `${name}.png`) });
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
