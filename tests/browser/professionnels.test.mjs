// An agent at a desk: signs in, finds a dossier, confirms the right, signs, and sees what became of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ADDRESS, DESK, PHONE, open, picture, press, respects, visitor } from "./navigateur.mjs";

let browser;
before(async () => { browser = await open(); });
after(async () => { await browser.close(); });

/** A person applies through the API, as their browser would. */
async function apply(prenom = "Camille") {
  const body = {
    territoire: "77",
    canal: "web",
    personne: {
      prenom,
      nom: "Exemple",
      date_naissance: "1985-03-31",
      adresse: { code_postal: "77000", commune: "77288" },
    },
    foyer: { conjoint: false, enfants: 0 },
    dsp: { natlog: "0904" },
  };
  const headers = { "content-type": "application/json", "idempotency-key": `navigateur-${crypto.randomUUID()}` };
  const answer = await fetch(`${ADDRESS}/v1/demandes`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()).dossier;
}

async function signIn(page, account) {
  await page.goto(`${ADDRESS}/pro/connexion`);
  await press(page, "link", account);
  assert.equal(new URL(page.url()).pathname, "/pro");
}

/** Opens the dossier again until it says what is expected: the steps run on their own. */
async function until(page, path, expected) {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    await page.goto(`${ADDRESS}${path}`);
    if (expected.test(await page.locator("main").innerText())) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assert.match(await page.locator("main").innerText(), expected);
}

test("without a session every page of professionals leads to the door", async () => {
  const page = await visitor(browser, PHONE);
  await page.goto(`${ADDRESS}/pro`);
  assert.equal(new URL(page.url()).pathname, "/pro/connexion");
  await respects(page, "connexion");
});

test("an agent lists, reads the explanation, confirms the right, signs and sees the référent", async () => {
  const dossier = await apply();
  const page = await visitor(browser, DESK);
  await signIn(page, /orientation/i);
  await respects(page, "à faire");
  await until(page, `/pro/dossiers/${dossier}`, /Règle R/);
  await respects(page, "dossier");
  assert.match(await page.locator("main").innerText(), /Parcours social, avec le Département/);

  await page.getByLabel("Date d’ouverture du droit").fill("2026-11-02");
  await press(page, "button", "Confirmer le droit");
  assert.match(await page.locator("main").innerText(), /Le droit est confirmé/);
  await picture(page, "agent.png");

  await page.getByLabel("Parcours", { exact: true }).selectOption("emploi");
  await page.getByLabel("Organisme").selectOption("france_travail");
  await press(page, "button", "Signer l’orientation");
  assert.match(await page.title(), /^Erreur/);
  assert.equal(await page.getByLabel("Parcours", { exact: true }).inputValue(), "emploi", "what was chosen stays");
  await respects(page, "dossier, erreur");

  await page.getByLabel("Parcours", { exact: true }).selectOption("social");
  await page.getByLabel("Organisme").selectOption("departement");
  await press(page, "button", "Signer l’orientation");
  assert.match(await page.locator("main").innerText(), /L’orientation est signée/);
  await until(page, `/pro/dossiers/${dossier}`, /Affecté|En attente de place/);
  assert.match(await page.locator("main").innerText(), /Orientation signée/);
  await respects(page, "dossier, signé");

  await page.getByLabel("Texte").fill("Premier rendez-vous fixé.");
  await press(page, "button", "Ajouter au carnet");
  assert.match(await page.locator("main").innerText(), /Premier rendez-vous fixé\./);

  await press(page, "button", "Se déconnecter");
  await page.goto(`${ADDRESS}/pro`);
  assert.equal(new URL(page.url()).pathname, "/pro/connexion");
});

test("an agent sees that two dossiers look alike, merges them and parts them again", async () => {
  const first = await apply("Dominique");
  const second = await apply("Dominique");
  assert.notEqual(first, second);
  const page = await visitor(browser, DESK);
  await signIn(page, /orientation/i);
  await until(page, `/pro/dossiers/${second}`, /Règle R/);
  const main = page.locator("main");
  assert.match(await main.innerText(), /peut-être la même personne/);
  await respects(page, "deux dossiers");

  await press(page, "button", "Réunir les deux dossiers");
  assert.match(await page.title(), /^Erreur/, "somebody says which");
  await page.getByLabel("Dossier qui continue").selectOption(first);
  await press(page, "button", "Réunir les deux dossiers");
  assert.match(await main.innerText(), /continue à la place de celui-ci/);
  assert.equal(await page.getByRole("button", { name: "Rouvrir le droit" }).count(), 0);
  await respects(page, "dossier réuni");

  await press(page, "button", "Séparer les deux dossiers");
  assert.match(await main.innerText(), /Les deux dossiers sont séparés/);
  await until(page, `/pro/dossiers/${second}`, /À orienter/);
  await page.goto(`${ADDRESS}/pro/dossiers/${first}`);
  assert.match(await main.innerText(), /réuni avec celui-ci le .*, séparé le /);
});

test("the list and a dossier fit on a telephone", async () => {
  const page = await visitor(browser, PHONE);
  await signIn(page, /orientation/i);
  await respects(page, "à faire, 320 px");
  const first = page.locator("table a").first();
  if ((await first.count()) > 0) {
    await Promise.all([page.waitForNavigation(), first.click()]);
    await respects(page, "dossier, 320 px");
  }
});

test("every filter of the list answers", async () => {
  const page = await visitor(browser, DESK);
  await signIn(page, /orientation/i);
  const links = await page.locator(".filtres a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  assert.ok(links.length >= 8);
  for (const href of links) {
    const answer = await page.goto(`${ADDRESS}${href}`);
    assert.equal(answer.status(), 200, href);
  }
});
