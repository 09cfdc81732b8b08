//! The codes of the questions about the situation and the difficulties met.

use crate::dsp::Code;

pub(super) const SITPERSDEMRSA: &[Code] = &[
    Code::plain("0101", "Fin de droits au chômage"),
    Code::article9("0102", "Fin de droits à l’allocation aux adultes handicapés (AAH)"),
    Code::article9("0103", "Fin d’indemnités journalières de maternité"),
    Code::article9("0104", "Fin d’indemnités journalières de maladie ou d’accident du travail"),
    Code::article9("0105", "Attente d’une pension de retraite ou d’invalidité, ou de l’AAH"),
    Code::plain("0106", "Changement de situation familiale"),
    Code::plain("0107", "Faibles ressources"),
    Code::plain("0108", "Fin d’activité professionnelle"),
    Code::plain("0109", "Fin d’études"),
];

pub(super) const DIFSOC: &[Code] = &[
    Code::none("0401", "Aucune difficulté"),
    Code::article9("0402", "Santé"),
    Code::article9("0403", "Reconnaissance de la qualité de travailleur handicapé (RQTH)"),
    Code::plain("0404", "Lire, écrire ou comprendre le français"),
    Code::plain("0405", "Démarches administratives"),
    Code::plain("0406", "Endettement"),
    Code::plain("0407", "Autres difficultés"),
];

pub(super) const NATACCOSOCFAM: &[Code] = &[
    Code::plain("0410", "Logement"),
    Code::plain("0411", "Endettement"),
    Code::plain("0412", "Vie familiale"),
    Code::plain("0413", "Autre sujet"),
];

pub(super) const NATACCOSOCINDI: &[Code] = &[
    Code::article9("0416", "Santé"),
    Code::plain("0417", "Emploi"),
    Code::plain("0418", "Insertion professionnelle"),
    Code::plain("0419", "Formation"),
    Code::plain("0420", "Autre sujet"),
];

pub(super) const DIFSOCPRO: &[Code] = &[
    Code::article9("2101", "Santé"),
    Code::plain("2102", "Logement"),
    Code::plain("2103", "Vie familiale"),
    Code::plain("2104", "Endettement"),
    Code::plain("2105", "Démarches administratives"),
    Code::plain("2106", "Lire, écrire ou comprendre le français"),
    Code::plain("2107", "Mobilisation"),
    Code::plain("2108", "Qualification professionnelle"),
    Code::plain("2109", "Accès à l’emploi"),
    Code::plain("2110", "Autres difficultés"),
];

pub(super) const SUIVIMEDICAL: &[Code] = &[Code::article9("O", "Oui"), Code::article9("N", "Non")];
