// Ways to sign in beside the password: a passkey, by Chromium's own virtual authenticator; the codes of an app.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, test } from "node:test";

import { ACME, PASSWORD, check, close, main, signIn } from "./support.js";

after(close);

test("a passkey is added, and is enough to sign in", async () => {
    const page = await ACME.newcomer("pia");
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
    await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
    await page.goto("/settings/security");
    await page.getByText("Is it you?").waitFor();
    await check(page);
    await page.locator("#password").fill(PASSWORD);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Add a passkey" }).waitFor();
    await check(page);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("button", { name: "Make the passkey" }).waitFor();
    await check(page);
    await page.locator("#name").fill("My laptop");
    await page.getByRole("button", { name: "Make the passkey" }).click();
    // The codes for the day on which it is lost come first.
    await page.locator("ol.codes").waitFor();
    await check(page);
    await page.goto("/settings/security");
    await page.locator("input[value='My laptop']").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in" }).first().waitFor();
    await page.goto("/auth/sign_in");
    await main(page).getByText(/passkey/i).last().click();
    await page.getByRole("button", { name: "Use your passkey" }).waitFor();
    await check(page);
    await page.getByRole("button", { name: "Use your passkey" }).click();
    await page.locator("nav.side").waitFor();
    assert.match(await page.locator("nav.side .handle").innerText(), new RegExp(`@${page.person}@`));
});

/** The code that an app shows for this key at this step of thirty seconds (RFC 6238). */
function code(key, step) {
    let bits = "";
    for (const letter of key.replaceAll(/[\s=]/g, "")) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
    const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const hash = createHmac("sha1", secret).update(counter).digest();
    const at = hash[hash.length - 1] & 15;
    return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

for (const [how, options] of [["with JavaScript", {}], ["without JavaScript", { javaScriptEnabled: false }]]) test(`an app is added, and its codes are asked for (${how})`, async () => {
    const page = await ACME.newcomer("tom", options);
    await page.goto("/settings/security");
    await page.locator("#password").fill(PASSWORD);
    await page.getByRole("button", { name: "Go on" }).click();
    await main(page).locator("form[action='/settings/security/app'] button").click();
    await page.locator("code.copy").waitFor();
    await check(page);
    const key = await page.locator("code.copy").innerText();
    const step = Math.floor(Date.now() / 30_000);
    await page.locator("#code").fill(code(key, step));
    await page.locator("form[action='/settings/security/app/confirm'] button").click();
    await page.locator("ol.codes").waitFor();
    await check(page);
    const name = page.person;
    const other = await ACME.stranger(options);
    await other.goto("/auth/sign_in");
    await signIn(other, name);
    await other.locator("#code").waitFor();
    await check(other);
    await other.locator("#code").fill("000000");
    await other.locator("#code").press("Enter");
    await other.getByRole("alert").waitFor();
    await check(other);
    // Each code counts once, and one that comes a little early counts.
    await other.locator("#code").fill(code(key, step + 1));
    await other.locator("#code").press("Enter");
    await other.locator("nav.side").waitFor();
});
