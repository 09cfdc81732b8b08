//! The OpenAPI 3.1 document, generated from the table of operations and from the types of the contracts.

mod operations;
mod parts;

use std::sync::OnceLock;

use contracts::api::doc::{
    BalayageDemandeJson, ChangementReferentJson, ColonnesJson, DelegationPutJson, DemandeJson,
    DroitDemandeJson, EffacementDemandeJson, NouvelleEntreeJson, ReferentPutJson, ReunionDemandeJson,
    SignatureJson, UrgenceJson,
};
use contracts::api::{
    BalayageJson, CadreJson, CiblesJson, DelegationJson, DemandeRecue, DossierJson, DossierResume,
    EffacementJson, EntreeJson, ImportJson, IndicateursJson, Liste, NouvelleDroitJson, Probleme,
    PropositionJson, ReferentJson, RessemblancesJson, VersionCadreJson, VersionDetailJson,
};
use utoipa::OpenApi as _;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, License, OpenApi, Paths, Tag};

use crate::api::site::Sante;

pub use operations::{OPERATIONS, Operation};

/// The schemas, found from those named here with all that they refer to.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    BalayageDemandeJson,
    BalayageJson,
    CadreJson,
    ChangementReferentJson,
    CiblesJson,
    ColonnesJson,
    DelegationJson,
    DelegationPutJson,
    DemandeJson,
    DemandeRecue,
    DossierJson,
    DroitDemandeJson,
    EffacementDemandeJson,
    EffacementJson,
    EntreeJson,
    ImportJson,
    IndicateursJson,
    Liste<CadreJson>,
    Liste<DelegationJson>,
    Liste<DossierResume>,
    Liste<EntreeJson>,
    Liste<ImportJson>,
    Liste<ReferentJson>,
    Liste<VersionCadreJson>,
    NouvelleDroitJson,
    NouvelleEntreeJson,
    Probleme,
    PropositionJson,
    ReferentJson,
    ReferentPutJson,
    RessemblancesJson,
    ReunionDemandeJson,
    Sante,
    SignatureJson,
    UrgenceJson,
    VersionCadreJson,
    VersionDetailJson,
)))]
struct Schemas;

/// The scheme's name in the document.
const BEARER: &str = "jeton";

/// The document.
pub fn document() -> &'static OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(assemble)
}

fn assemble() -> OpenApi {
    let mut paths = Paths::new();
    for operation in OPERATIONS {
        let described = parts::describe(operation);
        paths.add_path_operation(operation.path, vec![operation.method.clone()], described);
    }
    let info = InfoBuilder::new()
        .title("Orientation des personnes qui ouvrent un droit au RSA")
        .version("1.0.0")
        .description(Some(INTRODUCTION))
        .license(Some(License::new("Apache-2.0")))
        .build();
    let mut document = OpenApi::new(info, paths);
    let mut components = Schemas::openapi().components.unwrap_or_else(Components::new);
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    bearer.description = Some(
        "Jeton signé en RS256, avec `sub`, `exp`, `nbf`, `aud`, `iss`, un rôle et un territoire.".to_owned(),
    );
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    document.components = Some(components);
    document.tags = Some(
        [
            "Public",
            "Dossiers",
            "Carnet",
            "Cadres",
            "Référents",
            "Délégations",
            "Fichiers",
            "Balayages",
            "Indicateurs",
        ]
        .map(Tag::new)
        .into(),
    );
    document
}

const INTRODUCTION: &str = "\
Les corps sont lus strictement : un champ inconnu est refusé, et toutes les erreurs sont dites à la fois. \
Les refus suivent la RFC 9457, avec un `code` stable expliqué à `/problemes/{code}`. \
Tout POST porte un en-tête `Idempotency-Key` : rejoué, il répond la même chose et ne fait rien de plus. \
Un dossier se modifie avec `If-Match` et l’`ETag` lu.";

#[cfg(test)]
mod tests;
