//! The codes of the questions about studies, work and the project.

use crate::dsp::Code;

pub(super) const NIVETU: &[Code] = &[
    Code::plain("1201", "Diplôme supérieur à bac + 2"),
    Code::plain("1202", "Diplôme de niveau bac + 2"),
    Code::plain("1203", "Classe de terminale, avec ou sans le bac"),
    Code::plain("1204", "Dernière année de CAP ou de BEP, ou classe de seconde ou de première"),
    Code::plain("1205", "Classe de troisième, ou CAP ou BEP sans la dernière année"),
    Code::plain("1206", "Classe de sixième, de cinquième ou de quatrième"),
    Code::plain("1207", "N’est jamais allé·e à l’école"),
];

pub(super) const NIVDIPMAXOBT: &[Code] = &[
    Code::plain("2601", "Licence, master, doctorat ou grande école"),
    Code::plain("2602", "Diplôme de niveau bac + 2"),
    Code::plain("2603", "Baccalauréat"),
    Code::plain("2604", "CAP ou BEP"),
    Code::plain("2605", "Sans diplôme, ou brevet des collèges"),
    Code::plain("2606", "Aucun"),
];

pub(super) const HISPRO: &[Code] = &[
    Code::plain("1901", "A toujours travaillé"),
    Code::plain("1902", "Travaille par intermittence"),
    Code::plain("1903", "A déjà travaillé"),
    Code::plain("1904", "N’a jamais travaillé"),
];

pub(super) const CESSDERACT: &[Code] = &[
    Code::plain("2701", "Encore en activité, ou arrêt depuis moins d’un an"),
    Code::plain("2702", "Arrêt depuis plus d’un an"),
];

pub(super) const DURACTDOMI: &[Code] = &[
    Code::plain("2104", "Moins d’un an"),
    Code::plain("2105", "De 1 à 3 ans"),
    Code::plain("2106", "De 4 à 6 ans"),
    Code::plain("2107", "Plus de 6 ans"),
];

pub(super) const INSCDEMEMPLOI: &[Code] = &[
    Code::plain("4301", "Pas encore, ou démarche en cours"),
    Code::plain("4302", "Depuis moins d’un an"),
    Code::plain("4303", "Depuis 1 à 5 ans"),
    Code::plain("4304", "Depuis plus de 5 ans"),
];

pub(super) const ACCOEMPLOI: &[Code] = &[
    Code::plain("1801", "Pas d’accompagnement"),
    Code::plain("1802", "Par France Travail (ancien Pôle emploi)"),
    Code::plain("1803", "Par un autre organisme"),
];

pub(super) const PROJPRO: &[Code] = &[
    Code::plain("2201", "Agriculture, forêt, pêche"),
    Code::plain("2202", "Industrie"),
    Code::plain("2203", "Énergie, eau, matières premières"),
    Code::plain("2204", "Bâtiment et travaux publics"),
    Code::plain("2205", "Banque et assurance"),
    Code::plain("2206", "Hôtellerie, restauration, tourisme"),
    Code::plain("2207", "Aide à la personne"),
    Code::plain("2208", "Éducation, santé, action sociale"),
    Code::plain("2209", "Administration"),
    Code::plain("2210", "Arts, spectacle, loisirs"),
    Code::plain("2211", "Commerce"),
    Code::plain("2212", "Transports"),
    Code::plain("2213", "Autre secteur"),
];

pub(super) const FREINFORM: &[Code] = &[
    Code::plain("2301", "Le coût"),
    Code::plain("2302", "Des raisons familiales"),
    Code::plain("2303", "Une réticence envers l’école"),
    Code::plain("2304", "Les déplacements"),
    Code::article9("2305", "La santé"),
    Code::plain("2306", "Des difficultés à lire ou à écrire"),
    Code::plain("2307", "Pas de formation proposée"),
    Code::plain("2308", "L’âge"),
];

/// 0506 tells of a relative's illness or detention, and 0513 of an origin as well as of an age.
pub(super) const DIFDISP: &[Code] = &[
    Code::none("0501", "Aucun obstacle"),
    Code::plain("0502", "Garde d’un enfant de moins de 6 ans"),
    Code::plain("0503", "Garde d’un enfant de plus de 6 ans"),
    Code::near("0504", "Garde d’un enfant ou d’un proche invalide"),
    Code::near("0505", "Charge d’un proche dépendant"),
    Code::article9("0506", "Éloignement d’un proche, hospitalisé longtemps ou incarcéré"),
    Code::plain("0507", "Déplacements"),
    Code::article9("0508", "Santé"),
    Code::plain("0509", "Logement"),
    Code::plain("0510", "Difficultés à lire ou à écrire"),
    Code::plain("0511", "Pas de qualification"),
    Code::plain("0512", "Qualification trop particulière"),
    Code::near("0513", "Discrimination (âge, sexe ou origine)"),
    Code::plain("0514", "Garde d’enfant"),
];
