// Makes the pictures of docs/pictures: the main pages, light and dark, on a desk and on a phone. `./dev browser --pictures` runs it.

import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { set } from "./scene.js";
import { ACME, GLOBEX, PASSWORD, close, main, post, register } from "./support.js";

const TO = process.env.POLLEN_PICTURES;
/** Letters stay sharp, and all pictures together below a megabyte. */
const FEW_COLOURS = "split[all][some];[all]palettegen=max_colors=32:reserve_transparent=0[few];[some][few]paletteuse=dither=none";
const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } };
// A font that is on every machine on which pictures are made, so that they change only when the pages do; and no caret that blinks.
const LOOK = `html { font-family: Inter, Roboto, "Liberation Sans", sans-serif !important } * { caret-color: transparent !important; scrollbar-width: none }`;

/** An address as a company would have it, in place of one with a port of this machine. */
function addresses(domains) {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) for (const [here, there] of domains) texts.currentNode.data = texts.currentNode.data.replaceAll(here, there);
}

async function shoot(page, name, path, ready = async () => {}) {
    for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme });
            await page.goto(path);
            await page.addStyleTag({ content: LOOK });
            await ready(page);
            await page.evaluate(addresses, [[ACME.domain, "acme.example"], [GLOBEX.domain, "globex.example"]]);
            await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === "lazy"));
            await page.evaluate(() => document.fonts.ready);
            const taken = join(tmpdir(), `${name}-${size}-${colorScheme}.png`);
            const kept = join(TO, `${name}-${size}-${colorScheme}.webp`);
            await page.screenshot({ path: taken });
            execFileSync("ffmpeg", ["-loglevel", "error", "-y", "-i", taken, "-vf", FEW_COLOURS, "-c:v", "libwebp", "-lossless", "1", "-quality", "75", kept]);
        }
    }
}

const options = { bypassCSP: true, viewport: SIZES.desk };
// Whoever works on the pages sets the scene once, and looks at it again and again.
if (process.env.POLLEN_SCENE !== "set") await set();
const ada = await ACME.person("ada", options);
const olga = await ACME.person("olga", options);
await ada.goto("/@rust-guild");
const thread = await post(ada, "When do you reach for").locator("footer a").first().getAttribute("href");
await shoot(ada, "home", "/");
await shoot(ada, "write", `/compose?group=rust-guild`, async (page) => {
    await page.locator("#text").fill("Who has moved a service from threads to async, and would do it again?\n\nOurs waits for other services most of the time. #rust");
    await page.locator("#kind").selectOption("question");
    await page.locator("#text").blur();
});
await shoot(ada, "thread", thread);
await shoot(ada, "profile", `/@ben@${GLOBEX.domain}`);
await shoot(ada, "group", "/@rust-guild");
await shoot(ada, "notifications", "/notifications");
await shoot(ada, "search", "/search?q=rust");
await shoot(ada, "settings", "/settings/profile");
await shoot(ada, "discover", "/discover");
await shoot(olga, "administration", "/admin");
await olga.goto("/admin/reports");
await shoot(olga, "report", await main(olga).locator("a", { hasText: "bestdeals" }).first().getAttribute("href"));

const newcomer = await ACME.stranger(options);
await shoot(newcomer, "welcome", "/");
await newcomer.goto("/auth/sign_up");
await register(newcomer, "nia");
await newcomer.waitForURL("**/welcome");
await shoot(newcomer, "first-steps", "/welcome/people");
await close();
