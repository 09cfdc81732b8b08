//! The bodies of the API as the OpenAPI document describes them. Nothing is decided with these types: the parsers of
//! [`crate::api`] do that, and tests check that both accept the same bodies.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AbsenceJson, MotifChangementCode, RoleCode, RubriqueCode, StatutDroit, redacted};
use crate::codes::{BesoinCode, CanalCode, MotifEcartCode, MotifEffacementCode, OrganismeCode, ParcoursCode};

/// `POST /v1/demandes`: une demande d’orientation.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(
    description = "Une demande d’orientation. La demande de RSA elle-même se fait à la CAF ou à la MSA."
)]
pub struct DemandeJson {
    /// Code du département.
    #[schema(example = "77")]
    pub territoire: String,
    /// Par où la demande arrive. Sans jeton de professionnel : `web`.
    pub canal: CanalCode,
    /// La personne.
    pub personne: PersonneJson,
    /// Le foyer.
    pub foyer: FoyerJson,
    /// Le droit au RSA, déclaré si rien n’est dit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub droit: Option<DroitDemandeJson>,
    /// Réponses aux données socioprofessionnelles de la CNAF : champ → code, liste de codes ou texte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, ReponseJson>>)]
    pub dsp: Option<BTreeMap<String, Option<ReponseJson>>>,
    /// Besoins immédiats : des personnes s’en occupent le jour même.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub aide_immediate: Option<Vec<BesoinCode>>,
    /// Souhaits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub souhaits: Option<SouhaitsJson>,
}

/// La personne.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonneJson {
    /// Prénom, sans chiffre.
    #[schema(min_length = 1, max_length = 100, example = "Camille")]
    pub prenom: String,
    /// Nom, sans chiffre.
    #[schema(min_length = 1, max_length = 100, example = "Exemple")]
    pub nom: String,
    /// Date de naissance : de 16 à 110 ans.
    pub date_naissance: NaiveDate,
    /// Téléphone français, écrit comme on veut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "06 39 98 00 01")]
    pub telephone: Option<String>,
    /// Adresse électronique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "camille@exemple.fr")]
    pub courriel: Option<String>,
    /// Numéro d’allocataire, CAF ou MSA : des chiffres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numero_allocataire: Option<String>,
    /// Numéro de sécurité sociale, clé comprise ; refusé du public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nir: Option<String>,
    /// Adresse.
    pub adresse: AdresseJson,
}

/// L’adresse.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdresseJson {
    /// Numéro et voie ; absents sans domicile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub voie: Option<String>,
    /// Code postal.
    #[schema(pattern = r"^[0-9]{5}$", example = "77000")]
    pub code_postal: String,
    /// Code INSEE de la commune.
    #[schema(pattern = r"^[0-9][0-9AB][0-9]{3}$", example = "77288")]
    pub commune: String,
}

/// Le foyer, tel que le RSA le compte ; un dossier par adulte.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FoyerJson {
    /// Y a-t-il un conjoint ?
    pub conjoint: bool,
    /// Enfants à charge.
    #[schema(minimum = 0, maximum = 20)]
    pub enfants: u8,
    /// RSA majoré : non si rien n’est dit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub majore: Option<bool>,
    /// De quel adulte du foyer il s’agit : le demandeur si rien n’est dit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleCode>,
}

/// Le droit au RSA, dans une demande ou confirmé ensuite (`POST /v1/dossiers/{id}/droit`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DroitDemandeJson {
    /// Déclaré par la personne ou confirmé.
    pub statut: StatutDroit,
    /// Date d’ouverture ; obligatoire pour confirmer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_ouverture: Option<NaiveDate>,
    /// Réception par le département ; sans elle, celle du dépôt est présumée. Sans effet sur un droit déclaré.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_reception: Option<NaiveDate>,
    /// Soumis aux droits et devoirs : oui si rien n’est dit. Sans effet sur un droit déclaré.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub droits_devoirs: Option<bool>,
}

/// Une réponse.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ReponseJson {
    /// Un code, un texte, ou « O », « N », « S », « V », « 0 », « 1 ».
    Texte(String),
    /// Plusieurs codes.
    Codes(Vec<String>),
    /// Oui ou non.
    Drapeau(bool),
    /// Une année.
    Annee(i32),
}

/// Les souhaits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SouhaitsJson {
    /// Organisme souhaité.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisme: Option<OrganismeCode>,
    /// Référent souhaité.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub referent: Option<String>,
    /// Ce que la personne veut dire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub commentaire: Option<String>,
}

/// `POST /v1/dossiers/{id}/orientation`: la signature.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureJson {
    /// Parcours décidé.
    pub parcours: ParcoursCode,
    /// Organisme décidé.
    pub organisme: OrganismeCode,
    /// Motif, quand la décision s’écarte de la proposition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif_ecart: Option<MotifEcartCode>,
    /// En mots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub commentaire: Option<String>,
    /// Jour de la décision de France Travail, quand c’est elle que l’on enregistre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_france_travail_le: Option<NaiveDate>,
}

/// `POST /v1/dossiers/{id}/referent`: le changement de référent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangementReferentJson {
    /// Le nouveau référent.
    #[schema(max_length = 40)]
    pub referent: String,
    /// Pourquoi ; `autre` demande un commentaire.
    pub motif: MotifChangementCode,
    /// En mots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub commentaire: Option<String>,
}

/// `POST /v1/dossiers/{id}/urgence`: l’urgence est traitée.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgenceJson {
    /// Ce qu’il en est.
    pub issue: IssueCode,
}

/// `POST /v1/dossiers/{id}/reunion` et `…/separation`: un autre dossier de la même personne continue, ou plus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReunionDemandeJson {
    /// Le dossier qui continue.
    pub avec: Uuid,
}

/// `POST /v1/dossiers/{id}/effacement`: le dossier est effacé, sans retour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EffacementDemandeJson {
    /// Pourquoi.
    pub motif: MotifEffacementCode,
}

/// Issue d’une urgence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    /// Traitée.
    Traitee,
}

/// `POST /v1/dossiers/{id}/carnet/entrees`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NouvelleEntreeJson {
    /// Rubrique.
    pub rubrique: RubriqueCode,
    /// Texte.
    #[schema(min_length = 1, max_length = 2000)]
    pub texte: String,
}

/// `PUT /v1/referents/{id}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferentPutJson {
    /// Nom.
    #[schema(min_length = 1, max_length = 100)]
    pub nom: String,
    /// Structure.
    #[schema(min_length = 1, max_length = 200)]
    pub structure: String,
    /// Téléphone professionnel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// Lieu d’accueil.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300)]
    pub adresse: Option<String>,
    /// Organisme.
    pub organisme: OrganismeCode,
    /// Personnes accompagnées au plus.
    #[schema(minimum = 0, maximum = 1000)]
    pub capacite: u32,
    /// Parcours servis.
    #[schema(min_items = 1, max_items = 10)]
    pub parcours: Vec<ParcoursCode>,
    /// Codes INSEE des communes couvertes ; tout le territoire si rien n’est dit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 1000)]
    pub communes: Option<Vec<String>>,
    /// Absences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub absences: Option<Vec<AbsenceJson>>,
}

/// `PUT /v1/delegations/{agent}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegationPutJson {
    /// Nom porté par la décision.
    #[schema(min_length = 1, max_length = 100)]
    pub nom: String,
    /// Qualité portée par la décision.
    #[schema(min_length = 1, max_length = 200)]
    pub qualite: String,
    /// Référence de l’arrêté.
    #[schema(min_length = 1, max_length = 200)]
    pub acte: String,
    /// Premier jour.
    pub du: NaiveDate,
    /// Dernier jour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub au: Option<NaiveDate>,
    /// Parcours ; tous si rien n’est dit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 10)]
    pub parcours: Option<Vec<ParcoursCode>>,
}

/// `POST /v1/balayages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BalayageDemandeJson {
    /// Mois.
    #[schema(pattern = r"^20[0-9]{2}-[01][0-9]$", example = "2026-12")]
    pub mois: String,
    /// Sans rien écrire : non si rien n’est dit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulation: Option<bool>,
}

/// `POST /v1/imports/{id}/colonnes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColonnesJson {
    /// Titre de chaque colonne à préciser → champ à lire, ou `null` pour ne pas la lire.
    pub colonnes: BTreeMap<String, Option<String>>,
}

redacted!(
    DemandeJson,
    PersonneJson,
    AdresseJson,
    FoyerJson,
    DroitDemandeJson,
    ReponseJson,
    SouhaitsJson,
    SignatureJson,
    ChangementReferentJson,
    NouvelleEntreeJson,
    ReferentPutJson,
    DelegationPutJson,
);

#[cfg(test)]
mod tests;
