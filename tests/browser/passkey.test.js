// A passkey, by Chromium's own virtual authenticator.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { ACME, PASSWORD, check, close, main } from "./support.js";

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
