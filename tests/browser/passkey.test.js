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
    await check(page);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    if (await page.getByText("Is it you?").count()) {
        await page.locator("#password").fill(PASSWORD);
        await page.getByRole("button", { name: "Go on" }).click();
        if (!(await page.getByRole("button", { name: "Make the passkey" }).count())) {
            await page.getByRole("button", { name: "Add a passkey" }).click();
        }
    }
    await check(page);
    await page.locator("#name").fill("My laptop");
    await page.getByRole("button", { name: "Make the passkey" }).click();
    // The codes for the day on which it is lost come first.
    await page.waitForURL((url) => !url.pathname.endsWith("/passkeys/add") && !url.pathname.endsWith("/passkeys"));
    await check(page);
    await page.goto("/settings/security");
    await page.getByText("My laptop").first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto("/auth/passkey");
    await check(page);
    await page.getByRole("button", { name: "Use your passkey" }).click();
    await page.locator("nav.side").waitFor();
    await page.goto(`/@${page.person}`);
    assert.equal(await main(page).getByText("This is how").count() >= 0, true);
});
