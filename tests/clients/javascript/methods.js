// Which methods the libraries have, and which of them an instance has answered. Read by `complete.js`.

import { appendFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const marked = new Set();

/** Remembers that a method was answered; for all processes of a run. */
function mark(name) {
    if (marked.has(name) || !process.env.POLLEN_CALLED) return;
    marked.add(name);
    appendFileSync(process.env.POLLEN_CALLED, `${name}\n`);
}

/** All methods that were answered. */
export function answered() {
    return new Set(readFileSync(process.env.POLLEN_CALLED, "utf8").split("\n").filter(Boolean));
}

/** A client of a library, each of whose methods is marked once it has been answered. */
export function recorded(library, client, prefix = undefined) {
    return library === "masto" ? recordPath(client, prefix ? [prefix] : []) : recordObject(client, library);
}

/** masto.js makes its methods up as it is asked for them: `v1.accounts.$select(id).follow()`. */
function recordPath(client, path) {
    return new Proxy(() => {}, {
        get(_, property) {
            const child = client[property];
            if (typeof property === "symbol" || child === undefined) return child;
            return recordPath(child, [...path, property]);
        },
        apply(_, _this, parameters) {
            const answer = client(...parameters);
            if (path.at(-1) === "$select") return recordPath(answer, path);
            return noted(answer, `masto ${path.filter((name) => name !== "$raw").join(".")}`);
        },
    });
}

function recordObject(client, library) {
    return new Proxy(client, {
        get(_, property) {
            const value = client[property];
            if (typeof value !== "function") return value;
            return (...parameters) => noted(value.apply(client, parameters), `${library} ${property}`);
        },
    });
}

/** Marks the method when its answer is there: the promised one, the first page of a list, the first event of a stream. */
function noted(answer, name) {
    if (typeof answer?.values === "function") {
        const values = answer.values.bind(answer);
        const setDirection = answer.setDirection?.bind(answer);
        answer.values = async function* () {
            for await (const one of values()) {
                mark(name);
                yield one;
            }
        };
        answer.setDirection = (direction) => noted(setDirection(direction), name);
        return answer;
    }
    if (typeof answer?.then === "function") {
        return answer.then((value) => {
            mark(name);
            return value;
        });
    }
    mark(name);
    return answer;
}

/** The methods of megalodon for a server that speaks as Mastodon does. */
export function megalodonMethods(Mastodon) {
    // The last is declared to be private.
    const others = ["constructor", "urlToAccounts"];
    return Object.getOwnPropertyNames(Mastodon.prototype)
        .filter((name) => !others.includes(name))
        .map((name) => `megalodon ${name}`);
}

/** The methods of masto.js, which are nowhere but in its declarations. */
export function mastoMethods() {
    const root = join(dirname(fileURLToPath(import.meta.resolve("masto"))), "mastodon");
    const found = [];
    const walk = (file, name, path) => {
        const [at, members] = findInterface(file, name);
        for (const [member, type] of members) {
            const below = [...path, member];
            if (/^Method<|^\{|^\(/.test(type)) found.push(`masto ${below.join(".")}`);
            else walk(at, type, below);
        }
    };
    walk(join(root, "rest/client.d.ts"), "Client", []);
    walk(join(root, "oauth/client.d.ts"), "Client", ["oauth"]);
    walk(join(root, "streaming/client.d.ts"), "Client", ["streaming"]);
    return found;
}

/** An interface by the name that it has in a declaration file: the file where it is, and its members with their types. */
function findInterface(file, name, within = true) {
    const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const [space, inside] = name.split(".");
    if (inside) return findInterface(importedFrom(file, text, `type \\* as ${space}\\b`), inside);
    const start = text.search(new RegExp(`export interface ${name.replaceAll("$", "\\$")}\\b[^{]*\\{`));
    if (start >= 0) return [file, membersOf(text.slice(text.indexOf("{", start)))];
    // What a file imports is known within it, and to nobody who reads all that it exports.
    const imported = within && importedFrom(file, text, `\\{[^}]*\\btype ${name.replaceAll("$", "\\$")}\\b[^}]*\\}`);
    if (imported) return findInterface(imported, name);
    for (const [, from] of text.matchAll(/export type \* from "(.+?)";/g)) {
        const found = findInterface(declarations(file, from), name, false);
        if (found) return found;
    }
    return undefined;
}

const declarations = (file, from) => join(dirname(file), from.replace(/\.js$/, ".d.ts"));

function importedFrom(file, text, what) {
    const from = text.match(new RegExp(`import (?:${what}) from "(.+?)";`))?.[1];
    return from && declarations(file, from);
}

/** The members of the interface whose body begins here: name and type of each. */
function membersOf(body) {
    const members = new Map();
    let depth = 0;
    let member = "";
    for (const character of body) {
        if (depth > 0) member += character;
        if ("{(<[".includes(character)) depth += 1;
        if ("})]".includes(character) || (character === ">" && !member.endsWith("=>"))) depth -= 1;
        if (depth === 0) break;
        if (depth === 1 && character === ";") {
            const [, name, parameters, type] = member.match(/^\s*(?:readonly )?([\w$]+)\s*(\(.*\))?\s*:\s*([\s\S]*);$/) ?? [];
            // `$select(id: string): X` leads on to X; other methods with parameters are methods.
            if (name) members.set(name, parameters && name !== "$select" ? `(${type})` : type);
            member = "";
        }
    }
    return members;
}
