// What every browser test needs: a browser without script, the address under test, and what every page must respect.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

/** The address of the running local mode. */
export const ADDRESS = (process.env.ADRESSE ?? "http://127.0.0.1:3000").replace(/\/$/, "");

/** Where screenshots for the README go, when `CAPTURES=1` asks for them. */
const IMAGES = fileURLToPath(new URL("../../shared/docs/images/", import.meta.url));

/** A narrow telephone. */
export const PHONE = { width: 320, height: 640 };
/** An office screen. */
export const DESK = { width: 1280, height: 900 };

/** Opens Debian's Chromium. */
export function open() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/** A page of a fresh visitor whose browser runs no script: this proves that nothing needs any. */
export async function visitor(browser, viewport) {
  const context = await browser.newContext({ viewport, locale: "fr-FR", javaScriptEnabled: false });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.requests = [];
  page.on("request", (request) => page.requests.push(request));
  return page;
}

/** What every page must respect, at whatever width it is shown. */
export async function respects(page, name) {
  assert.equal(await page.locator("html").getAttribute("lang"), "fr", `${name}: language`);
  assert.equal(await page.locator("h1").count(), 1, `${name}: one h1`);
  assert.equal(await page.locator("main").count(), 1, `${name}: one main`);
  assert.equal(await page.locator("script").count(), 0, `${name}: no script`);
  await fits(page, name);
  await targets(page, name);
  await typography(page, name);
  await accessible(page, name);
}

/** No violation that axe can see. Automated rules are not conformity: they are its floor. */
async function accessible(page, name) {
  // axe is a script, so it looks at a copy of the page where scripts run.
  const context = await page.context().browser().newContext({ viewport: page.viewportSize(), locale: "fr-FR" });
  const copy = await context.newPage();
  const html = (await page.content()).replace("<head>", `<head><base href="${ADDRESS}/">`);
  await copy.setContent(html, { waitUntil: "load" });
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page: copy }).withTags(tags).analyze();
  await context.close();
  const told = violations.map((it) => `${it.id}: ${it.help} — ${it.nodes.map((node) => node.target).join(", ")}`);
  assert.deepEqual(told, [], `${name}: axe`);
}

/** Nothing to scroll sideways. */
async function fits(page, name) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${name}: ${content} px in ${window} px`);
}

/** Buttons and fields are 44 px high or more, links that stand alone 24 px. */
async function targets(page, name) {
  const small = await page.evaluate(() => {
    const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().right > 0;
    const height = (element) => element.getBoundingClientRect().height;
    const main = [...document.querySelectorAll("button, .bouton, select, textarea, input:not([type=hidden])")];
    // A box to tick is reached by its label too.
    const reach = (element) =>
      element.type === "radio" || element.type === "checkbox" ? height(element.closest(".choix")) : height(element);
    return main
      .filter((element) => seen(element) && reach(element) < 44)
      .map((element) => `${element.tagName} ${element.name} ${reach(element)}`);
  });
  assert.deepEqual(small, [], `${name}: targets`);
}

/** No line starts with a sign that belongs to the word before it. */
async function typography(page, name) {
  const stray = await page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent;
      if (/[a-zà-ÿ0-9»] [?!;:»]/i.test(text) && !walker.currentNode.parentElement.closest("textarea, option, pre")) {
        found.push(text.trim().slice(0, 80));
      }
    }
    return found;
  });
  assert.deepEqual(stray, [], `${name}: breakable spaces before a sign`);
}

/** A page of the public costs little: what came over the wire since `from`. */
export async function light(page, name, from = 0) {
  const requests = page.requests.slice(from);
  let bytes = 0;
  for (const request of requests) {
    const sizes = await request.sizes();
    bytes += sizes.responseBodySize + sizes.responseHeadersSize;
  }
  assert.ok(requests.length <= 3, `${name}: ${requests.length} requests`);
  assert.ok(bytes <= 15_000, `${name}: ${bytes} bytes with headers`);
  return bytes;
}

/** Keeps a picture for the documentation, when asked. */
export async function picture(page, file) {
  if (process.env.CAPTURES !== "1") return;
  await mkdir(IMAGES, { recursive: true });
  await page.screenshot({ path: `${IMAGES}${file}` });
}

/** Follows a link or presses a button, and waits for the page that comes. */
export async function press(page, role, name) {
  const target = page.getByRole(role, { name }).first();
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), target.click()]);
}
