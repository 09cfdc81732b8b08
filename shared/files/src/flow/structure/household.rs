//! A household in the flow of beneficiaries.

use super::Content::{Date, Free, Parts, Text, Time};
use super::{Element, MAX_PERSONS, any, maybe, one, person, right, span};

/// What an `InfosFoyerRSA` holds.
pub(super) const PARTS: &[Element] = &[
    one(
        "IdentificationRSA",
        Parts(&[
            one("Organisme", Parts(&[one("FONORG", Text), one("NUMORG", Text), one("MATRICULE", Text)])),
            one("Partenaire", Parts(&[one("TYPEPARTE", Text), one("IDEPARTE", Text)])),
            one("DemandeRSA", Parts(&[one("DTDEMRSA", Date), one("NUMDEMRSA", Text)])),
            maybe(
                "DemandeRMI",
                Parts(&[
                    one("DateDemandeRMI", Parts(&[one("DTDEMRMI", Date)])),
                    one(
                        "NumeroInstructionRMI",
                        Parts(&[
                            one("NUMDEPINSRMI", Text),
                            one("TYPEINSRMI", Text),
                            one("NUMCOMINSRMI", Text),
                            one("NUMAGRINSRMI", Text),
                            one("NUMDOSINSRMI", Text),
                            one("NUMCLI", Text),
                        ]),
                    ),
                ]),
            ),
            maybe(
                "OrganismeCedant",
                Parts(&[
                    one("FONORGCEDMUT", Text),
                    one("NUMORGCEDMUT", Text),
                    maybe("MATRICULEORGCEDMUT", Text),
                    one("DDARRMUT", Date),
                ]),
            ),
            maybe(
                "OrganismePrenant",
                Parts(&[one("FONORGPRENMUT", Text), one("NUMORGPRENMUT", Text), one("DDDEPAMUT", Date)]),
            ),
        ]),
    ),
    span("Personne", 1, MAX_PERSONS, Parts(person::PARTS)),
    one(
        "DonneesAdministratives",
        Parts(&[
            one(
                "SituationFamille",
                Parts(&[one("SITFAM", Text), one("DDSITFAM", Date), maybe("REGAGRIFAM", Text)]),
            ),
            span(
                "Adresse",
                1,
                3,
                Parts(&[
                    one(
                        "TroncCommunAdresse",
                        Parts(&[
                            one("RGADR", Text),
                            maybe("DTEMM", Date),
                            one("PAYS", Text),
                            one("TYPEADR", Text),
                            one("ETATADR", Text),
                        ]),
                    ),
                    maybe(
                        "AdresseDetailleeFrance",
                        Parts(&[
                            one("COMPLIDEADR", Text),
                            one("COMPLADR", Text),
                            one("NUMVOIE", Text),
                            one("LIBTYPEVOIE", Text),
                            one("NOMVOIE", Text),
                            one("LIEUDIST", Text),
                            one("NUMCOM", Text),
                            one("CODEPOS", Text),
                            one("NOMCOM", Text),
                        ]),
                    ),
                    maybe(
                        "AdresseHorsFrance",
                        Parts(&[
                            one("LIBLIG2ADR", Text),
                            one("LIBLIG3ADR", Text),
                            one("LIBLIG4ADR", Text),
                            one("LIBLIG5ADR", Text),
                            one("LIBLIG6ADR", Text),
                            one("LIBLIG7ADR", Text),
                        ]),
                    ),
                ]),
            ),
        ]),
    ),
    one("PrestationRSA", Parts(right::PARTS)),
    any("Evenement", Parts(&[one("DTLIQ", Date), one("HEULIQ", Time), one("FG", Text)])),
    maybe(
        "Controle",
        Parts(&[any(
            "ControleAdministratif",
            Parts(&[
                one(
                    "IdentificationCibleControleAdministratif",
                    Parts(&[
                        one("DTEFFCIBCONTRO", Date),
                        one("CIBCONTRO", Text),
                        maybe("CIBCONTROMSA", Text),
                    ]),
                ),
                one(
                    "IdentificationControleAdministratif",
                    Parts(&[one("DTDETECCONTRO", Date), one("DTCLOCONTRO", Date)]),
                ),
                one(
                    "ModaliteControleAdministratif",
                    Parts(&[
                        one("LIBCIBCONTRO", Text),
                        one("FAMCIBCONTRO", Text),
                        one("NATCIBCONTRO", Text),
                        one("COMMACONTRO", Text),
                        one("TYPECONTRO", Text),
                    ]),
                ),
                one("ResultatControleAdministratif", Free),
            ]),
        )]),
    ),
    any("Anomalie", Free),
];
