// The page's files as they are: nothing inline, text only, colours that can be read, a package.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "node:test";

const web = fileURLToPath(new URL("../../apps/chat-server/web/", import.meta.url));
const read = (name) => readFileSync(web + name, "utf8");
const names = readdirSync(web);

test("the page has no inline script, style or handler", () => {
  const page = read("index.html");
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:/i);
  assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//i);
});

test("the scripts make no markup of strings and no code either", () => {
  for (const name of names.filter((name) => name.endsWith(".js"))) {
    const code = read(name).replace(/\/\/.*$/gm, "");
    assert.doesNotMatch(code, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/, name);
    assert.doesNotMatch(code, /new Function|createContextualFragment|DOMParser/, name);
  }
});

test("files have 400 lines at most and every import is there", () => {
  for (const name of names) {
    const text = read(name);
    assert.ok(text.split("\n").length - 1 <= 400, name);
    for (const [, other] of text.matchAll(/^(?:import|export).* from "\.\/([^"]+)"/gm))
      assert.ok(names.includes(other), `${name} imports ${other}`);
  }
});

// -- colours: WCAG 2.1, 1.4.3 ----------------------------------------------------------------------

function luminance(colour) {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
}

function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const blocks = [...read("page.css").matchAll(/:root \{([^}]*)\}/g)].map(([, block]) =>
  Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)]
    .map(([, name, colour]) => [name, colour])));

const pairs = [["ink", "page"], ["ink", "paper"], ["ink", "side"], ["ink", "theirs"],
  ["ink", "raised"], ["ink", "hover"], ["quiet", "page"], ["quiet", "paper"], ["quiet", "side"],
  ["on-accent", "accent"], ["on-accent", "accent-strong"], ["on-selected", "selected"],
  ["warn", "warn-paper"], ["bad", "bad-paper"], ["bad", "paper"], ["ink", "bad-paper"]];

for (const [at, look] of ["light", "dark"].entries()) {
  test(`what is written can be read, ${look}`, () => {
    const poor = pairs.map(([ink, paper]) =>
      [ink, paper, contrast(blocks[at][ink], blocks[at][paper])]).filter(([, , c]) => c < 4.5);
    assert.deepEqual(poor, []);
  });
}

test("avatars can be read", () => {
  const tones = [...read("page.css").matchAll(/\.tone-\d \{ background: (#[0-9a-f]{6})/g)];
  assert.equal(tones.length, 8);
  for (const [, colour] of tones) assert.ok(contrast("#ffffff", colour) >= 4.5, colour);
});

test("the package says what it holds and needs nothing", () => {
  const description = JSON.parse(read("package.json"));
  assert.equal(description.dependencies, undefined);
  assert.equal(description.private, false);
  for (const file of [description.main, description.types]) assert.ok(names.includes(file.slice(2)));
});

test("npm packs it", { skip: !process.env.ACTORNET_NPM?.startsWith("/") && "no npm here" }, () => {
  const said = execFileSync(process.env.ACTORNET_NPM,
    ["pack", "--dry-run", "--json", "--offline"], { cwd: web, encoding: "utf8" });
  const packed = JSON.parse(said)[0].files.map(({ path }) => path).sort();
  assert.deepEqual(packed, [...names].sort());
});
