//! A person of a household in the flow of beneficiaries.

use super::Content::{Date, Flag, Parts, Text};
use super::{Element, any, maybe, one, some, span};

/// What a `Personne` holds.
pub(super) const PARTS: &[Element] = &[
    one(
        "Identification",
        Parts(&[
            maybe("QUAL", Text),
            one("NOM", Text),
            one("NOMNAI", Text),
            one("PRENOM", Text),
            maybe("PRENOM2", Text),
            maybe("PRENOM3", Text),
            one("NOMCOMNAI", Text),
            one("DTNAI", Date),
            maybe("RGNAI", Text),
            maybe("TYPEDTNAI", Text),
            maybe("NIR", Text),
            maybe("TOPVALIEC", Flag),
            one("SEXE", Text),
        ]),
    ),
    one(
        "DossierCAF",
        Parts(&[
            one("TOPRESPDOS", Flag),
            one("DDRATDOS", Date),
            maybe("DFRATDOS", Date),
            maybe("NUMDEMRSAPRECE", Text),
        ]),
    ),
    span(
        "Prestations",
        2,
        2,
        Parts(&[one("NATPREST", Text), one("ROLEPERS", Text), one("TOPCHAPERS", Flag)]),
    ),
    span(
        "Rattachement",
        0,
        2,
        Parts(&[
            one("NOMNAI", Text),
            one("PRENOM", Text),
            one("DTNAI", Date),
            maybe("NIR", Text),
            one("TYPEPAR", Text),
        ]),
    ),
    maybe("DossierPoleEmploi", Parts(&[one("IDASSEDIC", Text)])),
    maybe(
        "Ressources",
        Parts(&[
            one(
                "GeneraliteRessourcesTrimestre",
                Parts(&[one("TOPRESSNUL", Flag), one("DDRESS", Date), one("DFRESS", Date)]),
            ),
            span(
                "RessourcesMensuelles",
                0,
                3,
                Parts(&[
                    one(
                        "GeneraliteRessourcesMensuelles",
                        Parts(&[one("MOISRESS", Date), maybe("NBHEUMENTRA", Text)]),
                    ),
                    some(
                        "DetailRessourcesMensuelles",
                        Parts(&[one("NATRESS", Text), one("MTNATRESSMEN", Text), maybe("ABANEU", Text)]),
                    ),
                ]),
            ),
        ]),
    ),
    maybe(
        "MontantCalculDroitRSAPersonne",
        Parts(&[
            one("TOPPERSDRODEVORSA", Flag),
            maybe("TOPPERSENTDRODEVORSA", Flag),
            maybe("MTPERSRESSMENRSA", Text),
            maybe("MTPERSABANEURSA", Text),
        ]),
    ),
    any(
        "Activite",
        Parts(&[
            maybe("REG", Text),
            one("ACT", Text),
            one("DDACT", Date),
            maybe("DFACT", Date),
            maybe("NATCONTRTRA", Text),
            maybe("TOPCONDADMETI", Flag),
        ]),
    ),
    maybe(
        "PensionAlimentaire",
        Parts(&[
            span(
                "Asf",
                0,
                2,
                Parts(&[
                    one("SITASF", Text),
                    one("PARASSOASF", Text),
                    one("DDASF", Date),
                    maybe("DFASF", Date),
                ]),
            ),
            any(
                "CreanceAlimentaire",
                Parts(&[
                    one("ETATCREALIM", Text),
                    one("DDCREALIM", Date),
                    maybe("DFCREALIM", Date),
                    one("ORIOBLALIM", Text),
                    maybe("MOTIDISCREALIM", Text),
                    maybe("COMMCREALIM", Text),
                    maybe("MTSANCREALIM", Text),
                ]),
            ),
        ]),
    ),
    maybe(
        "Grossesse",
        Parts(&[one("DDGRO", Date), maybe("DFGRO", Date), one("DTDECLGRO", Date), maybe("NATFINGRO", Text)]),
    ),
    maybe(
        "InformationsAgricoles",
        Parts(&[maybe("MTBENAGRI", Text), maybe("REGFISAGRI", Text), maybe("DTBENAGRI", Date)]),
    ),
    maybe(
        "AvisPCGPersonne",
        Parts(&[
            maybe(
                "ConditionETI",
                Parts(&[
                    one("AVISEVARESSNONSAL", Text),
                    one("DTSOURESSNONSAL", Date),
                    maybe("DTEVARESSNONSAL", Date),
                    maybe("MTEVARESSNONSAL", Text),
                ]),
            ),
            any(
                "Derogation",
                Parts(&[
                    one("TYPEDERO", Text),
                    one("AVISDERO", Text),
                    one("DDAVISDERO", Date),
                    maybe("DFAVISDERO", Date),
                ]),
            ),
            maybe("ExclueRSA", Parts(&[one("EXCL", Text), one("DDEXCL", Date), maybe("DFEXCL", Date)])),
            maybe("Liberalite", Parts(&[one("MTLIBERNONDECL", Text), one("DTABSDECLLIBER", Date)])),
        ]),
    ),
    maybe("AvisCGSSDOMPersonne", Parts(&[one("JUSACTDOM", Text), one("RESUJUSACTDOM", Text)])),
];
