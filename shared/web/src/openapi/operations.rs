//! Every operation of the API: a test checks that it is the routes' list too, neither more nor less.

use utoipa::openapi::HttpMethod;

use super::parts::Header::{self, ETag, Location};
use super::parts::Parameter::{
    self, After, Agent, By, Commune, Dossier, Dry, Frame, From, IfMatch, Import, Key, Limit, Name, Nature,
    ReceivedOn, Referent, Run, SeenOn, Source, State, To, Version, WithReferent,
};

/// One operation.
pub struct Operation {
    /// Its method.
    pub method: HttpMethod,
    /// Its path, as the router has it.
    pub path: &'static str,
    /// Its stable name.
    pub id: &'static str,
    /// What it does, in French.
    pub summary: &'static str,
    /// Its part of the document.
    pub tag: &'static str,
    /// Whether it needs a token.
    pub access: Access,
    /// What it reads outside the body.
    pub(super) parameters: &'static [Parameter],
    /// The schema of its body; [`BYTES`] for a file.
    pub(super) body: Option<&'static str>,
    /// What it answers when it says yes: status, schema, headers.
    pub(super) yes: &'static [(&'static str, &'static str, &'static [Header])],
    /// The statuses by which it says no.
    pub(super) no: &'static [u16],
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anybody,
    /// Anybody, and more with a token.
    Better,
    /// Whoever bears a token.
    Token,
}

/// Instead of a schema: the bytes of a file.
pub(super) const BYTES: &str = "fichier";

/// The ways in which every operation with a token says no.
const READ: &[u16] = &[400, 401, 403, 404, 422, 503];
const ACT: &[u16] = &[400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 503];

const fn get(
    (path, id): (&'static str, &'static str),
    (tag, summary): (&'static str, &'static str),
    parameters: &'static [Parameter],
    yes: &'static [(&'static str, &'static str, &'static [Header])],
) -> Operation {
    let (method, access, body, no) = (HttpMethod::Get, Access::Token, None, READ);
    Operation { method, path, id, summary, tag, access, parameters, body, yes, no }
}

const fn post(
    (path, id): (&'static str, &'static str),
    (tag, summary): (&'static str, &'static str),
    parameters: &'static [Parameter],
    body: &'static str,
    yes: &'static [(&'static str, &'static str, &'static [Header])],
) -> Operation {
    let (method, access, body, no) = (HttpMethod::Post, Access::Token, Some(body), ACT);
    Operation { method, path, id, summary, tag, access, parameters, body, yes, no }
}

/// What is done to a file that was received.
const ON_FILE: &[u16] = &[400, 401, 403, 404, 409, 412, 413, 415, 422, 503];

const DOSSIER: &[(&str, &str, &[Header])] = &[("200", "DossierJson", &[ETag])];
const ON_DOSSIER: &[Parameter] = &[Dossier, Key, IfMatch];

/// The operations.
pub static OPERATIONS: &[Operation] = &[
    Operation {
        access: Access::Better,
        ..post(
            ("/v1/demandes", "deposer_demande"),
            ("Public", "Déposer une demande. Avec un jeton, un professionnel dépose pour la personne."),
            &[Key],
            "DemandeJson",
            &[("201", "DemandeRecue", &[Location])],
        )
    },
    Operation {
        access: Access::Anybody,
        no: &[],
        ..get(("/sante", "sante"), ("Public", "Dire que le service répond."), &[], &[("200", "Sante", &[])])
    },
    Operation {
        access: Access::Anybody,
        no: &[],
        ..get(("/v1/openapi.json", "openapi"), ("Public", "Ce document."), &[], &[("200", "", &[])])
    },
    get(
        ("/v1/dossiers", "lister_dossiers"),
        ("Dossiers", "La file active, du plus urgent au moins urgent dans chaque état."),
        &[State, WithReferent, Commune, Limit, After],
        &[("200", "Liste_DossierResume", &[])],
    ),
    Operation {
        no: &[400, 401, 403, 404, 410, 422, 503],
        ..get(("/v1/dossiers/{id}", "lire_dossier"), ("Dossiers", "Un dossier."), &[Dossier], DOSSIER)
    },
    Operation {
        no: &[401, 403, 404, 409, 410, 503],
        ..get(
            ("/v1/dossiers/{id}/proposition", "lire_proposition"),
            ("Dossiers", "Ce que les règles proposent, et pourquoi."),
            &[Dossier],
            &[("200", "PropositionJson", &[])],
        )
    },
    post(
        ("/v1/dossiers/{id}/droit", "confirmer_droit"),
        ("Dossiers", "Confirmer le droit au RSA : le délai légal court."),
        ON_DOSSIER,
        "DroitDemandeJson",
        DOSSIER,
    ),
    post(
        ("/v1/dossiers/{id}/droit/nouvelles", "dire_droit"),
        (
            "Dossiers",
            "Dire que le droit est suspendu, rétabli ou clos : la place d’un dossier clos est rendue.",
        ),
        ON_DOSSIER,
        "NouvelleDroitJson",
        DOSSIER,
    ),
    post(
        ("/v1/dossiers/{id}/urgence", "traiter_urgence"),
        ("Dossiers", "Dire que l’urgence est traitée : l’analyse reprend."),
        ON_DOSSIER,
        "UrgenceJson",
        DOSSIER,
    ),
    post(
        ("/v1/dossiers/{id}/orientation", "signer_orientation"),
        ("Dossiers", "Signer l’orientation, sous délégation, ou enregistrer la décision de France Travail."),
        ON_DOSSIER,
        "SignatureJson",
        DOSSIER,
    ),
    post(
        ("/v1/dossiers/{id}/referent", "changer_referent"),
        ("Dossiers", "Changer de référent."),
        ON_DOSSIER,
        "ChangementReferentJson",
        DOSSIER,
    ),
    get(
        ("/v1/dossiers/{id}/ressemblances", "lire_ressemblances"),
        (
            "Dossiers",
            "Les dossiers qui sont peut-être de la même personne, et ceux qui ont été réunis avec celui-ci.",
        ),
        &[Dossier],
        &[("200", "RessemblancesJson", &[])],
    ),
    post(
        ("/v1/dossiers/{id}/reunion", "reunir_dossiers"),
        (
            "Dossiers",
            "Réunir ce dossier avec un autre de la même personne : l’autre continue, celui-ci se ferme.",
        ),
        ON_DOSSIER,
        "ReunionDemandeJson",
        DOSSIER,
    ),
    post(
        ("/v1/dossiers/{id}/separation", "separer_dossiers"),
        ("Dossiers", "Séparer ce dossier de celui avec lequel il avait été réuni : il reprend son parcours."),
        ON_DOSSIER,
        "ReunionDemandeJson",
        DOSSIER,
    ),
    post(
        ("/v1/dossiers/{id}/effacement", "effacer_dossier"),
        (
            "Dossiers",
            "Effacer un dossier, sans retour. Réservé aux responsables. Ensuite, tout ce qui le concerne répond 410.",
        ),
        ON_DOSSIER,
        "EffacementDemandeJson",
        &[("200", "EffacementJson", &[])],
    ),
    Operation {
        no: &[401, 403, 404, 410, 503],
        ..get(
            ("/v1/dossiers/{id}/carnet", "lire_carnet"),
            ("Carnet", "Le carnet de bord."),
            &[Dossier],
            &[("200", "Liste_EntreeJson", &[])],
        )
    },
    post(
        ("/v1/dossiers/{id}/carnet/entrees", "ajouter_entree"),
        ("Carnet", "Ajouter au carnet de bord."),
        &[Dossier, Key],
        "NouvelleEntreeJson",
        &[("201", "EntreeJson", &[Location])],
    ),
    get(
        ("/v1/non_orientes", "lister_non_orientes"),
        ("Dossiers", "Les personnes que nul n’a encore orientées."),
        &[Limit, After],
        &[("200", "Liste_DossierResume", &[])],
    ),
    get(
        ("/v1/cadres", "lister_cadres"),
        ("Cadres", "Les cadres juridiques : délais, horloges, sources."),
        &[],
        &[("200", "Liste_CadreJson", &[])],
    ),
    Operation {
        no: &[400, 401, 403, 422, 503],
        ..get(
            ("/v1/indicateurs", "lire_indicateurs"),
            (
                "Indicateurs",
                "Les indicateurs d’une période : numérateur, dénominateur, définition. Réservé aux responsables et à l’administration.",
            ),
            &[From, To, SeenOn, By],
            &[("200", "IndicateursJson", &[])],
        )
    },
    get(
        ("/v1/cadres/{cadre}", "lister_cibles"),
        ("Cadres", "Les objectifs que votre territoire s’est donnés dans un cadre, version par version."),
        &[Frame],
        &[("200", "Liste_VersionCadreJson", &[])],
    ),
    get(
        ("/v1/cadres/{cadre}/{version}", "lire_cibles"),
        ("Cadres", "Une version, et ce qu’elle changerait pour celles et ceux qui attendent."),
        &[Frame, Version],
        &[("200", "VersionDetailJson", &[])],
    ),
    Operation {
        method: HttpMethod::Put,
        ..post(
            ("/v1/cadres/{cadre}/{version}", "ecrire_cibles"),
            ("Cadres", "Écrire un brouillon : des objectifs plus courts que ceux du cadre."),
            &[Frame, Version],
            "CiblesJson",
            &[("200", "VersionCadreJson", &[])],
        )
    },
    Operation {
        method: HttpMethod::Put,
        ..get(
            ("/v1/cadres/{cadre}/{version}/publication", "publier_cibles"),
            ("Cadres", "Vouloir la publication d’une version : la seconde personne qui la veut la publie."),
            &[Frame, Version],
            &[("200", "VersionCadreJson", &[])],
        )
    },
    Operation {
        method: HttpMethod::Put,
        ..get(
            ("/v1/cadres/{cadre}/{version}/retrait", "retirer_cibles"),
            ("Cadres", "Retirer une version publiée, pour les droits reçus à partir de demain."),
            &[Frame, Version],
            &[("200", "VersionCadreJson", &[])],
        )
    },
    get(
        ("/v1/referents", "lister_referents"),
        ("Référents", "Les référents."),
        &[],
        &[("200", "Liste_ReferentJson", &[])],
    ),
    get(
        ("/v1/referents/{id}", "lire_referent"),
        ("Référents", "Un référent."),
        &[Referent],
        &[("200", "ReferentJson", &[ETag])],
    ),
    Operation {
        method: HttpMethod::Put,
        ..post(
            ("/v1/referents/{id}", "ecrire_referent"),
            ("Référents", "Créer ou modifier un référent. Modifier demande If-Match."),
            &[Referent, IfMatch],
            "ReferentPutJson",
            &[("200", "ReferentJson", &[ETag]), ("201", "ReferentJson", &[ETag])],
        )
    },
    get(
        ("/v1/delegations", "lister_delegations"),
        ("Délégations", "Les délégations de signature."),
        &[],
        &[("200", "Liste_DelegationJson", &[])],
    ),
    get(
        ("/v1/delegations/{agent}", "lire_delegation"),
        ("Délégations", "Une délégation."),
        &[Agent],
        &[("200", "DelegationJson", &[])],
    ),
    Operation {
        method: HttpMethod::Put,
        ..post(
            ("/v1/delegations/{agent}", "ecrire_delegation"),
            ("Délégations", "Écrire la délégation d’un agent."),
            &[Agent],
            "DelegationPutJson",
            &[("200", "DelegationJson", &[])],
        )
    },
    Operation {
        no: &[400, 401, 403, 422, 503],
        ..post(
            ("/v1/imports", "deposer_fichier"),
            (
                "Fichiers",
                "Déposer un flux ou une liste. Les mêmes octets, sous la même clé, répondent de même.",
            ),
            &[Nature, Source, Name, Dry, ReceivedOn, Key],
            BYTES,
            &[("202", "ImportJson", &[Location])],
        )
    },
    get(
        ("/v1/imports", "lister_fichiers"),
        ("Fichiers", "Les fichiers reçus, le dernier d’abord."),
        &[],
        &[("200", "Liste_ImportJson", &[])],
    ),
    get(
        ("/v1/imports/{id}", "lire_fichier"),
        ("Fichiers", "Où en est un fichier, et ce qu’il a changé."),
        &[Import],
        &[("200", "ImportJson", &[])],
    ),
    Operation {
        no: ON_FILE,
        ..post(
            ("/v1/imports/{id}/colonnes", "preciser_colonnes"),
            ("Fichiers", "Dire ce que donnent les colonnes d’une liste : elle est alors lue."),
            &[Import, Key],
            "ColonnesJson",
            &[("202", "ImportJson", &[Location])],
        )
    },
    Operation {
        body: None,
        no: ON_FILE,
        ..post(
            ("/v1/imports/{id}/appliquer", "appliquer_fichier"),
            ("Fichiers", "Appliquer un fichier après son essai à blanc : un autre import répond."),
            &[Import, Key],
            "",
            &[("202", "ImportJson", &[Location])],
        )
    },
    get(
        ("/v1/imports/{id}/fichier", "reprendre_fichier"),
        ("Fichiers", "Le fichier annoté : ce qui ne va pas, à côté de chaque ligne."),
        &[Import],
        &[("200", BYTES, &[])],
    ),
    post(
        ("/v1/balayages", "demander_balayage"),
        ("Balayages", "Demander le balayage d’un mois. Le même mois répond par le même balayage."),
        &[Key],
        "BalayageDemandeJson",
        &[("202", "BalayageJson", &[Location])],
    ),
    get(
        ("/v1/balayages/{id}", "lire_balayage"),
        ("Balayages", "Où en est un balayage, et son rapport."),
        &[Run],
        &[("200", "BalayageJson", &[])],
    ),
];
