//! The figures as a table that spreadsheets open: semicolons, decimal commas, a mark of UTF-8 at its start.

use contracts::api::{IndicateurJson, IndicateursJson};

use super::decimal;

const HEAD: [&str; 14] = [
    "code",
    "titre",
    "valeur",
    "unite",
    "numerateur",
    "denominateur",
    "partis",
    "en_attente",
    "estimation",
    "arrete_le",
    "publie_2018",
    "definition",
    "source",
    "indisponible",
];

/// The table: a line for each indicator, in their order. Nothing in it was typed by anybody.
pub(super) fn table(figures: &IndicateursJson) -> String {
    let head = HEAD.map(str::to_owned);
    let lines = std::iter::once(head).chain(figures.indicateurs.iter().map(cells));
    lines.fold("\u{feff}".to_owned(), |text, cells| {
        let quoted: Vec<String> = cells.iter().map(|it| format!("\"{}\"", it.replace('"', "\"\""))).collect();
        text + &quoted.join(";") + "\r\n"
    })
}

fn cells(it: &IndicateurJson) -> [String; HEAD.len()] {
    let number = |it: Option<u64>| it.map_or_else(String::new, |it| it.to_string());
    let tenths = |it: Option<f64>| it.map_or_else(String::new, decimal);
    let cohort = it.cohorte.as_ref();
    [
        it.id.clone(),
        it.titre.clone(),
        tenths(it.valeur),
        it.unite.code().to_owned(),
        number(it.numerateur),
        number(it.denominateur),
        number(cohort.map(|it| it.partis)),
        number(cohort.map(|it| it.en_attente)),
        tenths(cohort.and_then(|it| it.estimation)),
        it.arrete_le.to_string(),
        number(it.publie.as_ref().map(|it| it.valeur.into())),
        it.definition.clone(),
        it.source.clone(),
        it.indisponible.clone().unwrap_or_default(),
    ]
}
