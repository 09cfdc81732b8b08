// An agent drops a list: tries it, settles its columns, applies it, takes the annotated file back.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { ADDRESS, DESK, PHONE, open, press, respects, visitor } from "./navigateur.mjs";

let browser;
before(async () => { browser = await open(); });
after(async () => { await browser.close(); });

/** A last name of its own to each run: nobody whom an earlier run brought in. */
const NAME = `Essai${[...String(Date.now())].map((figure) => "abcdefghij"[figure]).join("")}`;
/** Somebody, and a row without a last name. */
const LIST = (birth) => [
  `Nom;Prénom;${birth};Code postal;Ville`,
  `${NAME};Camille;31/03/1985;77000;Melun`,
  ";Alix;01/02/1990;77000;Melun",
].join("\r\n");

async function signIn(page, account) {
  await page.goto(`${ADDRESS}/pro/connexion`);
  await press(page, "link", account);
}

/** Chooses a file and drops it. */
async function drop(page, name, text, { dry }) {
  await press(page, "link", "Fichiers reçus");
  await page.getByLabel("Une liste d’un autre outil").check();
  await page.getByLabel("Source").fill("essai du navigateur");
  const box = page.getByLabel("Faire d’abord un essai à blanc");
  assert.equal(await box.isChecked(), true, "a dry run unless somebody wants otherwise");
  await box.setChecked(dry);
  const file = { name, mimeType: "text/csv", buffer: Buffer.from(text) };
  await page.getByLabel("Fichier", { exact: true }).setInputFiles(file);
  await press(page, "button", "Déposer le fichier");
}

/** Looks again until the page says what is expected: the file is read on its own. */
async function until(page, expected) {
  const address = `${new URL(page.url()).pathname}?actualisation=non`;
  for (let attempt = 0; attempt < 60; attempt += 1) {
    await page.goto(`${ADDRESS}${address}`);
    if (expected.test(await page.locator("main").innerText())) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assert.match(await page.locator("main").innerText(), expected);
}

/** The same page, on an office screen and on a telephone. */
async function respectsBoth(page, name) {
  await respects(page, name);
  await page.setViewportSize(PHONE);
  await respects(page, `${name}, 320 px`);
  await page.setViewportSize(DESK);
}

test("an agent drops a list, sees what it would change, applies it and takes it back annotated", async () => {
  const page = await visitor(browser, DESK);
  await signIn(page, /orientation/i);
  await drop(page, "liste reçue.csv", LIST("Date de naissance"), { dry: true });
  await until(page, /Essai terminé/);
  await respectsBoth(page, "essai à blanc");
  const told = await page.locator("main").innerText();
  assert.match(told, /Ce que le fichier changerait/);
  assert.match(told, /Dossiers à créer\s+1/);
  assert.match(told, /Lignes refusées\s+1/);

  await press(page, "button", "Appliquer le fichier");
  await until(page, /Appliqué/);
  await respectsBoth(page, "fichier appliqué");
  assert.match(await page.locator("main").innerText(), /Dossiers créés\s+1/);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Télécharger le fichier annoté" }).click(),
  ]);
  assert.equal(file.suggestedFilename(), "liste reçue-annote.csv");
  assert.match(await readFile(await file.path(), "utf8"), /erreur[\s\S]*nom/i);

  await press(page, "link", "Fichiers reçus");
  await respectsBoth(page, "fichiers reçus");
  assert.match(await page.locator("table").innerText(), /liste reçue\.csv/);
});

test("an agent says what the columns of a list are", async () => {
  const page = await visitor(browser, DESK);
  await signIn(page, /orientation/i);
  await drop(page, "suivi.csv", LIST("Venu au monde le"), { dry: true });
  await until(page, /Colonnes à préciser/);
  await respectsBoth(page, "colonnes");
  assert.match(await page.locator("main").innerText(), /Aucune colonne ne donne la date de naissance/);
  await page.getByLabel("Venu au monde le").selectOption({ label: "Date de naissance" });
  await press(page, "button", "Enregistrer les colonnes");
  await until(page, /Essai terminé/);
});

test("a form sent without a file says what to choose", async () => {
  const page = await visitor(browser, DESK);
  await signIn(page, /orientation/i);
  await press(page, "link", "Fichiers reçus");
  await press(page, "button", "Déposer le fichier");
  assert.match(await page.title(), /^Erreur/);
  await respectsBoth(page, "fichiers reçus, erreur");
  assert.match(await page.locator(".resume").innerText(), /Choisissez la nature du fichier\.\s+Choisissez le fichier à déposer\./);
});

test("a référent sees no files", async () => {
  const page = await visitor(browser, DESK);
  await signIn(page, /référent/i);
  assert.equal(await page.getByRole("link", { name: "Fichiers reçus" }).count(), 0);
  const answer = await page.goto(`${ADDRESS}/pro/fichiers`);
  assert.equal(answer.status(), 403);
});
