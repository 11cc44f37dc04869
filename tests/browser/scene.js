// What the pictures of docs/pictures show: the demo's people on a working day. Everything is done on the pages, as people do it.

import { ACME, GLOBEX, post, register, until } from "./support.js";

/** A portrait, in flat colours: background, skin, hair, clothes, and whether the hair is long. */
const PORTRAITS = {
    ada: ["#f3c9a5", "#8d5524", "#2b1b12", "#2f6f73", true],
    carl: ["#cfe0d8", "#f1c9a8", "#c98b45", "#46506b", false],
    dora: ["#f7dd8b", "#5a3a22", "#1b1410", "#a5492a", true],
    ben: ["#d7dcec", "#e8b98f", "#1f1b1a", "#3d5a45", false],
    eve: ["#f2d3d6", "#f4d3bd", "#a43f1f", "#5b4a7a", true],
    finn: ["#dbe8c6", "#6b4226", "#15100d", "#b8860b", false],
    olga: ["#e3d3ea", "#f0c8a4", "#7a6a55", "#274060", true],
};

const SAID = "Bars that become shorter: 14 minutes in September, 11 in October, 4 in November.";

/** A picture of what is drawn here, as a file to send. */
async function drawn(page, name, width, height, drawing) {
    await page.setViewportSize({ width, height });
    await page.setContent(`<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawing}</svg>`);
    return { name: `${name}.png`, mimeType: "image/png", buffer: await page.screenshot() };
}

function portrait([paper, skin, hair, clothes, long]) {
    const behind = long ? `<path d="M112 190c0-70 30-104 88-104s88 34 88 104v110H112z" fill="${hair}"/>` : "";
    return `<rect width="400" height="400" fill="${paper}"/>${behind}
        <path d="M60 400c0-76 58-112 140-112s140 36 140 112z" fill="${clothes}"/>
        <path d="M168 250h64v52c0 20-14 32-32 32s-32-12-32-32z" fill="${skin}"/>
        <ellipse cx="200" cy="190" rx="66" ry="82" fill="${skin}"/>
        <path d="M128 184c0-62 26-92 72-92s72 30 72 92c-14-30-30-44-44-50-26 18-62 22-84 18-8 8-14 18-16 32z" fill="${hair}"/>`;
}

function chart() {
    const bars = [["September", 14], ["October", 11], ["November", 4]].map(
        ([month, minutes], row) => `<text x="40" y="${142 + row * 90}" font-size="26">${month}</text>
            <rect x="210" y="${108 + row * 90}" width="${minutes * 34}" height="52" rx="6" fill="${row === 2 ? "#f5b301" : "#5f5645"}"/>
            <text x="${226 + minutes * 34}" y="${144 + row * 90}" font-size="26" font-weight="700">${minutes} min</text>`,
    );
    return `<rect width="860" height="380" fill="#fffdf6"/><g font-family="Roboto, sans-serif" fill="#211c12">
        <text x="40" y="60" font-size="30" font-weight="700">How long a build takes</text>${bars.join("")}</g>`;
}

async function portraits(desk, people) {
    for (const [name, page] of Object.entries(people)) {
        const file = await drawn(desk, name, 400, 400, portrait(PORTRAITS[name]));
        await page.goto("/settings/profile");
        await page.locator("#avatar").setInputFiles(file);
        if (name === "olga") {
            await page.locator("#display_name").fill("Olga Brandt");
            await page.locator("#note").fill("Keeps Acme's server well. Ask her when something is odd.");
        }
        await page.getByRole("button", { name: "Save" }).click();
        await page.locator(".done").waitFor();
    }
}

async function write(page, path, text, kind = "") {
    await page.goto(path);
    await page.locator("#text").fill(text);
    if (kind) await page.locator("#kind").selectOption(kind);
}

const send = (page) => page.locator("#write button[value=send]").click();

async function press(page, path, text, name) {
    await until(page, path, () => post(page, text), text);
    await post(page, text).getByRole("button", { name, exact: true }).click();
    await post(page, text).locator("button[aria-pressed=true]").first().waitFor();
}

/** Sets the scene, once for an instance. Returns a page of each person who is signed in. */
export async function set() {
    const desk = await ACME.stranger();
    const people = {};
    for (const name of ["ada", "carl", "dora"]) people[name] = await ACME.person(name);
    for (const name of ["ben", "eve", "finn"]) people[name] = await GLOBEX.person(name);
    people.olga = await ACME.person("olga");
    const { ada, carl, dora, ben, eve, finn } = people;
    // Whoever has followers at a company has their portrait brought there.
    await ada.goto(`/@finn@${GLOBEX.domain}`);
    await ada.getByRole("button", { name: /^Follow/ }).first().click();
    await until(ada, `/@finn@${GLOBEX.domain}`, () => ada.getByText("You follow"), "the follow");
    await portraits(desk, people);

    await write(ben, `/compose?group=rust-guild@${ACME.domain}`, "What shall we look at together next Thursday? Half an hour, bring your own code.\n\n#rust");
    await ben.getByText("Ask with a poll").click();
    for (const [row, answer] of ["Errors that help whoever reads them", "Async without tears", "Reading a flame graph"].entries()) {
        await ben.locator("input[name=poll]").nth(row).fill(answer);
    }
    await send(ben);
    await until(ada, `/@rust-guild`, () => post(ada, "next Thursday"), "the poll");
    await post(ada, "next Thursday").getByLabel("Reading a flame graph").check();
    await post(ada, "next Thursday").getByRole("button", { name: "Vote" }).click();

    await write(ada, "/compose", "What we learned from making our builds fast: look at the slowest test first. One of ours slept for nine minutes.\n\n#rust #builds", "today_i_learned");
    await ada.locator("input[type=file]").first().setInputFiles(await drawn(desk, "builds", 860, 380, chart()));
    await ada.locator("input[name=alt]").first().fill(SAID);
    await send(ada);
    await post(ada, "making our builds fast").waitFor();
    await press(ben, "/", "making our builds fast", "Favourite");
    await press(finn, "/", "making our builds fast", "Boost");

    await until(carl, "/", () => post(carl, "making our builds fast"), "what Ada wrote");
    await post(carl, "making our builds fast").getByRole("link", { name: "Reply" }).click();
    await carl.locator("#text").press("Control+End");
    await carl.locator("#text").pressSequentially("How did you find out which test it was? Ours takes eleven minutes, and I have no idea where they go.");
    await send(carl);
    await until(ada, "/notifications", () => ada.getByText("which test it was"), "the answer");
    await press(dora, "/@ada", "making our builds fast", "Favourite");
    await press(eve, `/@dora@${ACME.domain}`, "Lunch and Learn", "Favourite");
    await report(dora);
    return people;
}

/** Somebody at the other company advertises, and is reported. */
async function report(dora) {
    const sam = await GLOBEX.stranger();
    await sam.goto("/auth/sign_up");
    await register(sam, "bestdeals");
    await sam.waitForURL("**/welcome");
    await write(sam, "/compose", `${ACME.handle("dora")} Certified courses, today at half the price! Write to me before the weekend.`);
    await send(sam);
    await until(dora, "/notifications", () => post(dora, "half the price"), "the advertisement");
    await post(dora, "half the price").getByText("More", { exact: true }).click();
    await post(dora, "half the price").getByRole("link", { name: "Report" }).click();
    await dora.getByLabel(/It is spam/).check();
    await dora.locator("#comment").fill("The third of this kind this week. They write to newcomers too.");
    await dora.getByRole("button", { name: "Send the report" }).click();
    await dora.getByText("Your report is sent").waitFor();
}
