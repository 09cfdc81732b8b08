// A person on a narrow telephone, without script, from the first page to the receipt and back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ADDRESS, PHONE, light, open, picture, press, respects, visitor } from "./navigateur.mjs";

let browser;
before(async () => { browser = await open(); });
after(async () => { await browser.close(); });

/** A name that nobody else has here: whoever is known joins their dossier. */
const somebody = () => `Essai ${[...String(Date.now())].map((figure) => "abcdefghij"[figure]).join("")}`;

/** What the person types, page after page. */
export async function fill(page, { name = somebody() } = {}, seen = async () => {}) {
  await page.goto(`${ADDRESS}/demande`);
  await seen("lieu");
  await page.getByLabel("Votre code postal").fill("77000");
  await press(page, "button", "Continuer");
  await seen("adresse");
  await page.getByLabel("Votre commune").selectOption({ label: "Melun" });
  await page.getByLabel("Numéro et rue").fill("1 rue du Test");
  await press(page, "button", "Continuer");
  await seen("identite");
  await page.getByLabel("Votre prénom").fill("Camille");
  await page.getByLabel("Votre nom", { exact: true }).fill(name);
  await page.getByLabel("Jour").fill("31");
  await page.getByLabel("Mois").fill("3");
  await page.getByLabel("Année").fill("1985");
  await page.getByLabel("Votre téléphone").fill("06 39 98 00 01");
  await press(page, "button", "Continuer");
  await seen("foyer");
  await page.getByRole("group", { name: "Vivez-vous en couple" }).getByLabel("Non").check();
  await page.getByLabel("Combien d’enfants").fill("0");
  await page.getByLabel("Moi", { exact: true }).check();
  await press(page, "button", "Continuer");
  await seen("logement");
  await page.getByLabel("Où logez-vous").selectOption("0904");
  await press(page, "button", "Continuer");
  await seen("travail");
  await page.getByRole("group", { name: "Avez-vous déjà travaillé" }).getByLabel("Je ne sais pas").check();
  await press(page, "button", "Continuer");
  await seen("quotidien");
  await press(page, "button", "Continuer");
  await seen("besoins");
  await page.getByLabel("Voulez-vous ajouter quelque chose").fill("Merci !");
  await press(page, "button", "Continuer");
  await seen("verification");
}

test("the first page says that the RSA itself is asked for elsewhere, and costs little", async () => {
  const page = await visitor(browser, PHONE);
  await page.goto(`${ADDRESS}/`, { waitUntil: "load" });
  await respects(page, "accueil");
  const bytes = await light(page, "accueil");
  console.log(`  accueil : ${page.requests.length} requêtes, ${bytes} octets`);
  assert.match(await page.locator("main").innerText(), /Ce n’est pas ici que l’on demande le RSA/);
  assert.match(await page.locator("main").innerText(), /CAF.*MSA/s);
  await press(page, "link", "Commencer ma demande");
  assert.equal(new URL(page.url()).pathname, "/demande");
});

test("a person without script at 320 px goes to the receipt, then follows the application", async () => {
  const page = await visitor(browser, PHONE);
  let from = 0;
  await fill(page, {}, async (step) => {
    await respects(page, step);
    const bytes = await light(page, step, from);
    console.log(`  ${step} : ${bytes} octets`);
    from = page.requests.length;
    if (step === "identite") await picture(page, "form.png");
  });
  assert.match(await page.locator("main").innerText(), /Je ne sais pas/);
  await press(page, "button", "Envoyer ma demande");
  await respects(page, "accuse");
  await light(page, "accuse", from);
  assert.match(await page.locator("h1").innerText(), /Nous avons reçu votre demande/);
  assert.equal(new URL(page.url()).search, "", "nothing about the person in the address");
  const code = await page.locator(".numeros dd").nth(1).innerText();

  await press(page, "link", "Suivre ma demande");
  await respects(page, "suivi");
  await page.getByLabel("Votre code de suivi").fill(code);
  await page.getByLabel("Jour").fill("31");
  await page.getByLabel("Mois").fill("3");
  await page.getByLabel("Année").fill("1985");
  await press(page, "button", "Voir ma demande");
  await respects(page, "suivi, trouvé");
  assert.match(await page.locator("h1").innerText(), /Votre demande/);
});

test("errors are told at the top, lead to their fields, and what was typed stays", async () => {
  const page = await visitor(browser, PHONE);
  await page.goto(`${ADDRESS}/demande`);
  await page.getByLabel("Votre code postal").fill("75001");
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST"),
    page.getByRole("button", { name: "Continuer" }).click(),
  ]);
  assert.equal(answer.status(), 422);
  await page.waitForLoadState("load");
  await respects(page, "erreur");
  assert.match(await page.title(), /^Erreur/);
  assert.equal(await page.getByLabel("Votre code postal").inputValue(), "75001");
  assert.equal(await page.evaluate(() => document.activeElement.id), "erreurs", "the summary has the focus");
  await page.getByRole("alert").getByRole("link").click();
  assert.equal(await page.evaluate(() => document.activeElement.name), "personne.adresse.code_postal");
});

test("the keyboard alone reaches everything in order, and sees where it is", async () => {
  const page = await visitor(browser, PHONE);
  await page.goto(`${ADDRESS}/demande`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "saut", "the skip link comes first");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.name), "personne.adresse.code_postal");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid");
  await page.keyboard.type("77000");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(await page.locator("h1").innerText(), /Votre adresse/);
});

test("the back button of the form keeps what was typed", async () => {
  const page = await visitor(browser, PHONE);
  await page.goto(`${ADDRESS}/demande`);
  await page.getByLabel("Votre code postal").fill("77000");
  await press(page, "button", "Continuer");
  await press(page, "button", "Revenir");
  assert.equal(await page.getByLabel("Votre code postal").inputValue(), "77000");
});

test("the rules and a page that does not exist are readable by anyone", async () => {
  const page = await visitor(browser, PHONE);
  await page.goto(`${ADDRESS}/algorithme`);
  await respects(page, "algorithme");
  assert.match(await page.locator("main").innerText(), /Il ne décide jamais/);
  const lost = await page.goto(`${ADDRESS}/nulle-part`);
  assert.equal(lost.status(), 404);
  await respects(page, "introuvable");
  await press(page, "link", "Revenir à l’accueil");
  assert.equal(new URL(page.url()).pathname, "/");
});

test("the brands of others are nowhere", async () => {
  for (const path of ["/", "/demande", "/style.css", "/pro/connexion"]) {
    const text = await (await fetch(`${ADDRESS}${path}`)).text();
    assert.doesNotMatch(text, /Marianne|GDS Transport|govuk-|class="fr-/i, path);
  }
});
