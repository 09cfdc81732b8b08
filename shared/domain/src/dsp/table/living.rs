//! The codes of the questions about moving about and housing.

use crate::dsp::Code;

pub(super) const NATMOB: &[Code] = &[
    Code::plain("2501", "Dans la commune"),
    Code::plain("2502", "Dans le département"),
    Code::plain("2503", "Dans un autre département"),
    Code::plain("2504", "Non mobile"),
];

pub(super) const MOYTRANS: &[Code] = &[
    Code::plain("2001", "Transports en commun"),
    Code::plain("2002", "Véhicule personnel"),
    Code::plain("2003", "Voiture"),
    Code::plain("2004", "Moto"),
    Code::plain("2005", "Cyclomoteur"),
    Code::plain("2006", "Vélo"),
    Code::plain("2007", "Covoiturage"),
    Code::plain("2008", "Autre moyen"),
];

pub(super) const NATLOG: &[Code] = &[
    Code::plain("0901", "Logement autonome : maison"),
    Code::plain("0902", "Logement autonome : appartement"),
    Code::plain("0903", "Foyer d’urgence"),
    Code::plain("0904", "Centre d’hébergement et de réinsertion sociale (CHRS)"),
    Code::plain("0905", "Hôtel social"),
    Code::plain("0906", "Autre logement d’urgence"),
    Code::plain("0907", "Appartement relais"),
    Code::plain("0908", "Bail glissant"),
    Code::plain("0909", "Chez un parent ou un tiers"),
    Code::plain("0910", "Caravane, bateau…"),
    Code::plain("0911", "Résidence sociale"),
    Code::plain("0912", "Sans hébergement"),
    Code::plain("0913", "Autre situation précaire"),
];

pub(super) const DEMARLOG: &[Code] = &[
    Code::plain("1101", "Pour trouver un logement"),
    Code::plain("1102", "Pour garder le logement"),
    Code::plain("1103", "Aucune démarche"),
];

pub(super) const DIFLOG: &[Code] = &[
    Code::none("1001", "Aucune difficulté"),
    Code::plain("1002", "Loyers ou remboursements impayés"),
    Code::plain("1003", "Problèmes d’argent"),
    Code::plain("1004", "Logement insalubre ou indécent"),
    Code::plain("1005", "Logement isolé ou sans transports en commun"),
    Code::plain("1006", "Fin de bail ou expulsion"),
    Code::plain("1007", "Logement surpeuplé"),
    Code::plain("1008", "Logement loin du travail"),
    Code::plain("1009", "Autres difficultés"),
];

pub(super) const STATUTOCCUPATION: &[Code] =
    &[Code::plain("proprietaire", "Propriétaire"), Code::plain("locataire", "Locataire")];

pub(super) const CONFORT: &[Code] = &[
    Code::plain("2401", "Électricité"),
    Code::plain("2402", "Eau courante"),
    Code::plain("2403", "Toilettes"),
    Code::plain("2404", "Douche ou baignoire"),
];
