//! A dossier in words.

use std::collections::BTreeMap;

use contracts::api::{
    AuteurNature, DecisionJson, DefautJson, DefautNature, DossierJson, EntreeJson, EntreeNature, FinJson,
    HorlogeEtat, HorlogeJson, PropositionJson, RessemblancesJson, ResultatCode, StatutDroit, SuspensionJson,
};
use contracts::codes::{HorlogeCode, MotifFinCode, OrganismeCode, ParcoursCode};
use domain::{Organisme, Parcours, Territory, dsp};
use engine::requests::PersonView;

use super::forms::heading;
use super::{Pair, french};
use crate::pages::desk::place;

/// A legal clock.
pub(super) struct Clock {
    pub(super) label: String,
    pub(super) start: String,
    pub(super) target: String,
    pub(super) legal: String,
    pub(super) code: &'static str,
    pub(super) state: String,
}

/// What the rules propose, and why.
pub(super) struct Proposal {
    pub(super) headline: String,
    pub(super) rule: String,
    pub(super) rules: Vec<(&'static str, String)>,
    pub(super) facts: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) contradictions: Vec<String>,
    pub(super) set: String,
    pub(super) mention: String,
}

/// An entry of the carnet.
pub(super) struct Entry {
    pub(super) when: String,
    pub(super) author: String,
    pub(super) heading: String,
    pub(super) text: String,
}

fn target(parcours: ParcoursCode, organisme: OrganismeCode) -> String {
    let words = format!("{}, avec {}", Parcours::from(parcours).label(), Organisme::from(organisme).label());
    french::capital(&words)
}

pub(super) fn proposal(it: &PropositionJson) -> Proposal {
    let headline = it.parcours.zip(it.organisme).map_or_else(
        || "Les règles ne concluent pas : un entretien d’orientation est nécessaire.".to_owned(),
        |(parcours, organisme)| target(parcours, organisme),
    );
    let proposing = it.regle.as_deref().and_then(|id| it.regles.iter().find(|rule| rule.id == id));
    Proposal {
        headline,
        rule: proposing.map_or_else(String::new, |rule| format!("Règle {} : {}", rule.id, rule.motif)),
        rules: it
            .regles
            .iter()
            .map(|rule| (result(rule.resultat), format!("{} – {}", rule.id, rule.motif)))
            .collect(),
        facts: it
            .faits
            .iter()
            .map(|fact| format!("{} (le {})", fact.libelle, french::short_date(fact.date)))
            .collect(),
        missing: it.manquants.iter().map(|field| question(field)).collect(),
        contradictions: it.contradictions.iter().map(|it| it.phrase.clone()).collect(),
        set: format!("{}, version {}", it.jeu.id, it.jeu.version),
        mention: it.mention.clone(),
    }
}

const fn result(code: ResultatCode) -> &'static str {
    match code {
        ResultatCode::True => "Vraie",
        ResultatCode::False => "Fausse",
        ResultatCode::Unknown => "Inconnue",
    }
}

fn question(field: &str) -> String {
    if field == "age" {
        "Âge".to_owned()
    } else {
        dsp::field(field).map_or(field, |it| it.label_fr).to_owned()
    }
}

pub(super) fn prepared(it: &DefautJson) -> String {
    let what = it.parcours.zip(it.organisme).map(|(parcours, organisme)| target(parcours, organisme));
    match (it.nature, what) {
        (DefautNature::Regles, Some(what)) => {
            format!("{what}. D’après les réponses reçues, sans les données de santé.")
        }
        (DefautNature::Legal, Some(what)) => {
            format!("{what}. Les informations demandées n’ont pas été données (CASF, article R. 262-65-3).")
        }
        (DefautNature::Entretien, _) | (_, None) => "Un entretien d’orientation est à proposer.".to_owned(),
    }
}

pub(super) fn decision(it: &DecisionJson, json: &DossierJson, territory: Territory) -> Vec<Pair> {
    let mut rows = Vec::new();
    if let Some((parcours, organisme)) = json.parcours.zip(json.organisme) {
        rows.push(("Orientation", target(parcours, organisme)));
    }
    let by = [it.par.nom.as_deref(), it.par.qualite.as_deref(), it.par.acte.as_deref()];
    let by: Vec<&str> = by.into_iter().flatten().collect();
    match (it.decidee_par_france_travail_le, &it.reprise) {
        (Some(date), _) => {
            rows.push(("Décidée par", format!("France Travail, le {}", french::short_date(date))));
        }
        (None, Some(known)) => {
            let contract = known.contrat_signe_le.map_or_else(
                || "pas de contrat connu".to_owned(),
                |on| format!("contrat signé le {}", french::short_date(on)),
            );
            rows.push(("Reprise", format!("accompagnement déjà en cours, {contract}")));
        }
        (None, None) => rows.push(("Signée par", by.join(", "))),
    }
    rows.push(("Le", french::moment(territory, it.le)));
    if let Some(motive) = it.motif_ecart {
        rows.push(("Motif de l’écart", motive.code().replace('_', " ")));
    }
    rows
}

pub(super) fn facts(json: &DossierJson, territory: Territory) -> Vec<Pair> {
    let mut rows = vec![
        ("Référence", json.reference.clone()),
        ("Reçu le", french::moment(territory, json.depose_le)),
        ("Commune", place(&json.commune)),
        ("Droit au RSA", right(json)),
    ];
    let who = |label: &'static str, it: &contracts::api::ReferentBref| {
        (label, format!("{}, depuis le {}", it.nom, french::short_date(territory.local_date(it.depuis))))
    };
    match (&json.referent, &json.contact) {
        (Some(it), _) | (None, Some(it)) if json.provisoire => rows.push(who("Contact provisoire", it)),
        (Some(it), _) => rows.push(who("Référent", it)),
        (None, _) => {}
    }
    if let Some(date) = json.attendu_le {
        rows.push(("Référent attendu le", french::long_date(date)));
    }
    rows.extend(json.fin.as_ref().map(|it| ("Fin du parcours", ending(it))));
    if let Some(why) = json.motif_attente {
        let text = match why.code() {
            "complet" => "Tous les référents qui conviennent sont complets ou absents",
            _ => "Aucun référent ne dessert cette commune pour ce parcours",
        };
        rows.push(("Pourquoi personne", text.to_owned()));
    }
    rows
}

fn right(json: &DossierJson) -> String {
    let on = |date: Option<chrono::NaiveDate>| date.map_or_else(|| "?".to_owned(), french::short_date);
    match json.droit.statut {
        StatutDroit::Declare => "Déclaré par la personne, à confirmer".to_owned(),
        StatutDroit::Confirme => {
            let presumed = if json.droit.presumee == Some(true) { " (date présumée)" } else { "" };
            let duties =
                if json.droit.droits_devoirs == Some(false) { ", hors droits et devoirs" } else { "" };
            format!(
                "Confirmé, ouvert le {}, reçu le {}{presumed}{}{duties}{}",
                on(json.droit.date_ouverture),
                on(json.droit.date_reception),
                late(json.droit.date_ouverture, json.droit.date_reception),
                json.droit.suspension.as_ref().map_or_else(String::new, suspension)
            )
        }
    }
}

/// How long after its opening the département learnt of the right: whatever starts the clock, the person has waited since
/// the opening.
fn late(opened: Option<chrono::NaiveDate>, received: Option<chrono::NaiveDate>) -> String {
    let days = opened.zip(received).map_or(0, |(opened, received)| (received - opened).num_days());
    match days {
        ..=0 => String::new(),
        1 => " (un jour après l’ouverture)".to_owned(),
        _ => format!(" ({days} jours après l’ouverture)"),
    }
}

fn suspension(it: &SuspensionJson) -> String {
    let why = it.libelle.as_ref().map_or_else(String::new, |label| format!(" ({label})"));
    format!(", suspendu depuis le {}{why}", french::short_date(it.depuis))
}

fn ending(it: &FinJson) -> String {
    let why = match it.motif {
        MotifFinCode::DroitClos => "droit au RSA clos",
        MotifFinCode::DroitRefuse => "droit au RSA refusé",
        MotifFinCode::Depart => "départ vers un autre département",
        MotifFinCode::Deces => "décès",
        MotifFinCode::Reuni => "réuni avec un autre dossier de la même personne",
    };
    let detail = it.libelle.as_ref().map_or_else(String::new, |label| format!(" ({label})"));
    format!("Le {} : {why}{detail}", french::short_date(it.le))
}

/// Another dossier that has to do with this one, and in what way.
pub(super) struct Alike {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) how: String,
}

/// The dossiers that may be the same person's, those that were merged into this one, and the one that goes on.
pub(super) fn alike(
    json: &DossierJson,
    found: Option<&RessemblancesJson>,
    territory: Territory,
) -> Vec<Alike> {
    let goes_on = json.fin.as_ref().and_then(|it| it.avec).map(|id| Alike {
        id: id.to_string(),
        reference: "l’autre dossier".to_owned(),
        how: "continue à la place de celui-ci".to_owned(),
    });
    let look_alike = found.into_iter().flat_map(|it| &it.elements).map(|it| Alike {
        id: it.dossier.to_string(),
        reference: it.reference.clone(),
        how: format!("{} {}, peut-être la même personne : {}", it.prenom, it.nom, it.par.join(", ")),
    });
    let merged = found.into_iter().flat_map(|it| &it.reunions).map(|it| {
        let day = |at| french::short_date(territory.local_date(at));
        let undone = it.defaite_le.map_or_else(String::new, |at| format!(", séparé le {}", day(at)));
        let how = format!("réuni avec celui-ci le {}{undone}", day(it.le));
        Alike { id: it.dossier.to_string(), reference: it.reference.clone(), how }
    });
    goes_on.into_iter().chain(look_alike).chain(merged).collect()
}

pub(super) fn person(it: &PersonView) -> Vec<Pair> {
    let contacts = &it.contacts;
    let place = format!("{} {}", contacts.code_postal, place(&contacts.commune));
    let address = contacts.voie.as_ref().map_or_else(|| place.clone(), |street| format!("{street}, {place}"));
    let mut rows = vec![("Date de naissance", french::short_date(it.identite.date_naissance))];
    rows.extend(contacts.telephone.as_deref().map(|it| ("Téléphone", french::phone(it))));
    rows.extend(contacts.courriel.clone().map(|it| ("Courriel", it)));
    rows.push(("Adresse", address));
    rows.extend(it.typed_by.clone().map(|it| ("Saisi par", it)));
    rows
}

pub(super) fn clock(it: &HorlogeJson) -> Clock {
    let day = |date: Option<chrono::NaiveDate>| date.map_or_else(|| "–".to_owned(), french::short_date);
    let what = match it.id {
        HorlogeCode::Answers => "Réponses complètes",
        HorlogeCode::Diagnosis => "Diagnostic",
        HorlogeCode::Orientation => "Orientation",
        HorlogeCode::Naming => "Référent nommé",
        HorlogeCode::Contract => "Contrat signé",
        HorlogeCode::FirstMeeting => "Premier rendez-vous",
        HorlogeCode::Contact => "Contact régulier",
        HorlogeCode::Review => "Réexamen du parcours social",
        HorlogeCode::Observations => "Observations de la personne",
        HorlogeCode::InWork => "Accompagnement en emploi",
        HorlogeCode::Conversion => "Contrat à convertir",
        HorlogeCode::DataRequest => "Demande sur les données",
    };
    let since = it.depuis.map_or_else(String::new, |day| format!(" le {}", french::short_date(day)));
    Clock {
        label: format!("{what} ({})", it.id.code()),
        start: french::short_date(it.debut),
        target: day(it.cible),
        legal: day(it.legale),
        code: it.etat.code(),
        state: match it.etat {
            HorlogeEtat::Running => "En cours".to_owned(),
            HorlogeEtat::Held => format!("Suspendu depuis{since}"),
            HorlogeEtat::Stopped => format!("Arrêté{since}"),
            HorlogeEtat::Overrun => format!("Dépassé depuis{since}"),
        },
    }
}

pub(super) fn entry(it: &EntreeJson, territory: Territory, names: &BTreeMap<String, String>) -> Entry {
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let author = match (it.auteur.nature, &it.auteur.agent) {
        (AuteurNature::Agent, Some(agent)) => name(agent),
        (AuteurNature::Agent, None) => "un agent".to_owned(),
        (AuteurNature::Parcours, _) => "écrit automatiquement".to_owned(),
    };
    let text = match it.nature {
        EntreeNature::Orientation => {
            let what = it.parcours.zip(it.organisme).map_or_else(String::new, |(p, o)| target(p, o));
            format!("Orientation signée : {what}.")
        }
        EntreeNature::Referent => {
            format!("Référent : {}.", it.referent.as_deref().map_or_else(String::new, name))
        }
        EntreeNature::Texte => it.texte.clone().unwrap_or_default(),
    };
    Entry {
        when: french::moment(territory, it.le),
        author,
        heading: it.rubrique.map_or_else(String::new, |it| heading(it.code()).to_owned()),
        text,
    }
}
