//! The right of a household in the flow of beneficiaries.

use super::Content::{Date, Flag, Parts, Text};
use super::{Element, any, maybe, one};

/// What a `PrestationRSA` holds.
pub(super) const PARTS: &[Element] = &[
    one(
        "SituationDossierRSA",
        Parts(&[
            one("EtatDossierRSA", Parts(&[one("ETATDOSRSA", Text)])),
            maybe("Refus", Parts(&[one("DTREFURSA", Date), one("MOTIREFURSA", Text)])),
            any(
                "SuspensionDroit",
                Parts(&[one("MOTISUSDRORSA", Text), one("DDSUSDRORSA", Date), maybe("NATGROUPFSUS", Text)]),
            ),
            any("SuspensionVersement", Parts(&[one("MOTISUSVERSRSA", Text), one("DDSUSVERSRSA", Date)])),
            maybe("FinDroit", Parts(&[one("MOTICLORSA", Text), one("DTCLORSA", Date)])),
            maybe("FinDroitMoisAnterieur", Parts(&[one("MOTICLORSA", Text), one("DTCLORSA", Date)])),
        ]),
    ),
    one(
        "DetailDroitRSA",
        Parts(&[
            one(
                "TroncCommunDroitRSA",
                Parts(&[
                    one("TOPSANSDOMFIXE", Flag),
                    maybe("NBENFAUTCHA", Text),
                    one("ORIDEMRSA", Text),
                    maybe("DTORIDEMRSA", Date),
                    maybe("TOPFOYDRODEVORSA", Flag),
                ]),
            ),
            maybe(
                "SpecificiteDOM",
                Parts(&[
                    one("SURFAGRIDOM", Text),
                    one("DDSURFAGRIDOM", Date),
                    maybe("SURFAGRIDOMPLA", Text),
                    maybe("NBTOTAIDEFAMSURFDOM", Text),
                    maybe("NBTOTPERSMAJOSURFDOM", Text),
                ]),
            ),
            maybe(
                "MontantsCalculDroitRSA",
                Parts(&[
                    one("DDELECAL", Date),
                    maybe("DFELECAL", Date),
                    one("MTREVMINIGARARSA", Text),
                    maybe("MTPENTRSA", Text),
                    maybe("MTLOCALRSA", Text),
                    one("MTREVGARARSA", Text),
                    maybe("MTPFRSA", Text),
                    maybe("MTALRSA", Text),
                    one("MTRESSMENRSA", Text),
                    maybe("MTSANOBLALIMRSA", Text),
                    maybe("MTREDHOSRSA", Text),
                    maybe("MTREDCGRSA", Text),
                    maybe("MTCUMINTEGRSA", Text),
                    maybe("MTABANEURSA", Text),
                    one("MTTOTDRORSA", Text),
                ]),
            ),
            any(
                "DetailCalculDroitRSA",
                Parts(&[
                    one("NATPF", Text),
                    one("SOUSNATPF", Text),
                    one("DDNATDRO", Date),
                    maybe("DFNATDRO", Date),
                    maybe("MTRSAVERS", Text),
                    maybe("DTDERRSAVERS", Date),
                ]),
            ),
            maybe(
                "AvisPCGDroitRSA",
                Parts(&[
                    any(
                        "ConditionAdministrative",
                        Parts(&[
                            one("AVISCONDADMRSA", Text),
                            one("MOTICONDADMRSA", Text),
                            maybe("COMM1CONDADMRSA", Text),
                            maybe("COMM2CONDADMRSA", Text),
                            one("DTEFFAVISCONDADMRSA", Date),
                        ]),
                    ),
                    any(
                        "ReductionRSA",
                        Parts(&[one("MTREDRSA", Text), one("DDREDRSA", Date), maybe("DFREDRSA", Date)]),
                    ),
                    maybe(
                        "PaiementTiers",
                        Parts(&[
                            one("AVISDESTPAIRSA", Text),
                            one("DTAVISDESTPAIRSA", Date),
                            one("NOMTIE", Text),
                            one("TYPEPERSTIE", Text),
                        ]),
                    ),
                ]),
            ),
        ]),
    ),
];
