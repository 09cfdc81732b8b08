//! The questions, in the order in which a form asks them.
//!
//! Source of the codes and of what they mean: the CNAF's list as published in `WebRSA`
//! (`dsp.po`). The labels are ours, in plain French.

mod living;
mod situation;
mod work;

use super::{Code, Field, Kind, Sensitivity};

/// Every question of the DSP.
pub static FIELDS: &[Field] = &[
    // The situation.
    ordinary("sitpersdemrsa", "Situation au moment de la demande", Kind::One(situation::SITPERSDEMRSA)),
    near("topisogroouenf", "Seul·e, enceinte ou avec enfant à charge", Kind::Bool),
    ordinary("topdrorsarmiant", "A déjà reçu le RSA ou le RMI", Kind::Bool),
    ordinary("drorsarmianta2", "C’était il y a plus de deux ans", Kind::ONS),
    ordinary("topcouvsoc", "A une couverture sociale", Kind::Bool),
    ordinary("difsoc", "Difficultés sociales", Kind::Many(situation::DIFSOC)),
    near("libautrdifsoc", "Autres difficultés sociales, en quelques mots", Kind::Text(100)),
    ordinary("accosocfam", "La famille est accompagnée", Kind::OVN),
    ordinary(
        "nataccosocfam",
        "Sur quoi porte l’accompagnement de la famille",
        Kind::Many(situation::NATACCOSOCFAM),
    ),
    ordinary("accosocindi", "Est accompagné·e personnellement", Kind::OVN),
    ordinary(
        "nataccosocindi",
        "Sur quoi porte l’accompagnement personnel",
        Kind::Many(situation::NATACCOSOCINDI),
    ),
    ordinary("soutdemarsoc", "L’entourage aide dans les démarches", Kind::OVN),
    ordinary("difsocpro", "Difficultés relevées par un professionnel", Kind::Many(situation::DIFSOCPRO)),
    article9("suivimedical", "Suivi médical", Kind::One(situation::SUIVIMEDICAL)),
    // Studies and qualifications.
    ordinary("nivetu", "Niveau d’études", Kind::One(work::NIVETU)),
    ordinary("nivdipmaxobt", "Diplôme le plus élevé", Kind::One(work::NIVDIPMAXOBT)),
    ordinary("annobtnivdipmax", "Année de ce diplôme", Kind::Year),
    ordinary("topqualipro", "A des qualifications ou des certificats professionnels", Kind::Bool),
    near("libautrqualipro", "Qualifications ou certificats, en quelques mots", Kind::Text(100)),
    ordinary("topcompeextrapro", "A des compétences acquises hors du travail", Kind::Bool),
    near("libcompeextrapro", "Compétences acquises hors du travail, en quelques mots", Kind::Text(100)),
    // Work.
    ordinary("topengdemarechemploi", "Peut engager vite une recherche d’emploi", Kind::Bool),
    ordinary("hispro", "Passé professionnel", Kind::One(work::HISPRO)),
    ordinary("libderact", "Dernière activité", Kind::Rome),
    ordinary("libsecactderact", "Secteur de la dernière activité", Kind::Rome),
    ordinary("cessderact", "Fin de la dernière activité", Kind::One(work::CESSDERACT)),
    ordinary("topdomideract", "Cette activité est la principale exercée", Kind::Bool),
    ordinary("libactdomi", "Principale activité exercée", Kind::Rome),
    ordinary("duractdomi", "Durée de la principale activité", Kind::One(work::DURACTDOMI)),
    ordinary("inscdememploi", "Inscription comme demandeur d’emploi", Kind::One(work::INSCDEMEMPLOI)),
    ordinary("accoemploi", "Accompagnement vers l’emploi", Kind::One(work::ACCOEMPLOI)),
    // The project.
    ordinary("topprojpro", "A un projet professionnel", Kind::Bool),
    ordinary("libemploirech", "Métier recherché", Kind::Rome),
    ordinary("projpro", "Secteurs du projet", Kind::Many(work::PROJPRO)),
    ordinary("topcreareprientre", "Veut créer ou reprendre une entreprise", Kind::Bool),
    ordinary("concoformqualiemploi", "La formation correspond à l’emploi recherché", Kind::ONS),
    ordinary("freinform", "Ce qui freine une formation", Kind::Many(work::FREINFORM)),
    ordinary("difdisp", "Obstacles à la recherche d’emploi", Kind::Many(work::DIFDISP)),
    // Moving about.
    ordinary("natmob", "Mobilité géographique", Kind::Many(living::NATMOB)),
    ordinary("topmoyloco", "Dispose d’un moyen de transport, collectif ou individuel", Kind::Bool),
    ordinary("moytrans", "Moyens de transport", Kind::Many(living::MOYTRANS)),
    ordinary("toppermicondub", "A le permis B", Kind::Bool),
    ordinary("topautrpermicondu", "A un autre permis de conduire", Kind::Bool),
    // Housing.
    ordinary("natlog", "Logement", Kind::One(living::NATLOG)),
    ordinary("demarlog", "Démarches en cours pour le logement", Kind::One(living::DEMARLOG)),
    ordinary("diflog", "Difficultés de logement", Kind::Many(living::DIFLOG)),
    ordinary("statutoccupation", "Statut d’occupation du logement", Kind::One(living::STATUTOCCUPATION)),
    ordinary("confort", "Confort du logement", Kind::Many(living::CONFORT)),
];

const fn ordinary(code: &'static str, label_fr: &'static str, kind: Kind) -> Field {
    Field { code, label_fr, kind, sensitivity: Sensitivity::Ordinary }
}

const fn near(code: &'static str, label_fr: &'static str, kind: Kind) -> Field {
    Field { code, label_fr, kind, sensitivity: Sensitivity::Near }
}

const fn article9(code: &'static str, label_fr: &'static str, kind: Kind) -> Field {
    Field { code, label_fr, kind, sensitivity: Sensitivity::Article9 }
}

impl Code {
    const fn plain(value: &'static str, label: &'static str) -> Self {
        Self { value, label, sensitivity: Sensitivity::Ordinary, exclusive: false }
    }

    const fn none(value: &'static str, label: &'static str) -> Self {
        Self { value, label, sensitivity: Sensitivity::Ordinary, exclusive: true }
    }

    const fn near(value: &'static str, label: &'static str) -> Self {
        Self { value, label, sensitivity: Sensitivity::Near, exclusive: false }
    }

    const fn article9(value: &'static str, label: &'static str) -> Self {
        Self { value, label, sensitivity: Sensitivity::Article9, exclusive: false }
    }
}
