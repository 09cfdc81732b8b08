//! What a column may tell of people, and the headings under which other tools tell it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::words::key;

/// Declares the fields, each with its code, its French name, and the headings that are known to mean it.
macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $code:literal, $label:literal, [$($heading:literal),* $(,)?];)+) => {
        /// What a column tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field {
            $($(#[$doc])* #[doc = concat!("`", $code, "`: ", $label, ".")] $field,)+
        }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$field),+];

            /// Its name where a mapping is kept. It never changes.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$field => $code,)+ }
            }

            /// Its name as people read it.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$field => $label,)+ }
            }

            /// The headings known to mean it.
            pub const fn headings(self) -> &'static [&'static str] {
                match self { $(Self::$field => &[$($heading),*],)+ }
            }
        }
    };
}

fields! {
    LastName = "nom", "le nom", [
        "Nom", "Nom bénéficiaire", "Nom du bénéficiaire", "Nom usuel", "Nom d’usage", "Nom de famille",
        "Nom allocataire", "last_name",
    ];
    BirthName = "nom_naissance", "le nom de naissance", [
        "Nom de naissance", "Nom naissance", "Nom de jeune fille", "Nom patronymique", "NOMNAI", "birth_name",
    ];
    FirstName = "prenom", "le prénom", [
        "Prénom", "Prénoms", "Prénom bénéficiaire", "Prénom du bénéficiaire", "Prénom usuel",
        "Prénom allocataire", "first_name",
    ];
    /// The holder's, which is not the partner's.
    HolderLastName = "nom_responsable", "le nom du responsable du dossier", [
        "NOM RESPONSABLE DOSSIER", "Nom du responsable du dossier", "Nom responsable",
    ];
    /// The holder's, which is not the partner's.
    HolderFirstName = "prenom_responsable", "le prénom du responsable du dossier", [
        "PRENOM RESPONSABLE DOSSIER", "Prénom du responsable du dossier", "Prénom responsable",
    ];
    BirthDate = "date_naissance", "la date de naissance", [
        "Date de naissance", "Date naissance", "Naissance", "Né le", "Né(e) le", "DDN", "DTNAI",
        "birth_date",
    ];
    Nir = "nir", "le NIR", [
        "NIR", "Numéro de sécurité sociale", "N° de sécurité sociale", "N° sécurité sociale", "N° sécu", "NSS",
        "NIR certifié", "Numéro INSEE",
    ];
    CafNumber = "numero_allocataire", "le numéro d’allocataire", [
        "N° Allocataire", "Numéro allocataire", "Numéro d’allocataire", "N° d’allocataire", "N° allocataire CAF",
        "Numéro allocataire CAF/MSA", "Numéro CAF", "N° CAF", "N° CAF/MSA", "Matricule", "Matricule CAF",
        "Matricule CAF/MSA", "affiliation_number",
    ];
    RsaApplication = "numero_demande", "le numéro de demande de RSA", [
        "NUMERO DEMANDE RSA", "N° demande RSA", "N° de demande RSA", "Numéro de demande de RSA", "NUMDEMRSA",
    ];
    InternalId = "identifiant_interne", "l’identifiant dans votre logiciel", [
        "Identifiant dans le SI", "Identifiant interne", "ID interne", "ID interne au département", "ID IODAS",
        "Identifiant IODAS", "N° IODAS", "ID SOLIS", "identifiant_local", "department_internal_id",
    ];
    FranceTravailId = "identifiant_france_travail", "l’identifiant France Travail", [
        "Identifiant France Travail", "ID France Travail", "N° France Travail", "Identifiant Pôle emploi",
        "ID Pôle emploi", "Numéro France Travail", "N° Pôle emploi", "Identifiant PE", "ID PE", "ID FT",
        "IDE", "IDASSEDIC", "france_travail_id", "identifiant_unique_demandeur_emploi",
    ];
    Role = "role", "le rôle dans le foyer", ["Rôle", "ROLE PERSONNE", "Rôle dans le foyer", "ROLEPERS"];
    Partner = "conjoint", "la présence d’un conjoint", [
        "Conjoint", "Présence d’un conjoint", "Vit en couple", "En couple", "Couple",
    ];
    Children = "enfants", "le nombre d’enfants", [
        "Enfants", "Nombre d’enfants", "Nb enfants", "Enfants à charge", "Nombre d’enfants à charge", "NBENFAUTCHA",
    ];
    Phone = "telephone", "le téléphone", [
        "Téléphone", "Téléphones", "N° Téléphone", "N° Téléphones", "N° de téléphone", "Numéro de téléphone",
        "Tél", "Tel portable", "Tél mobile", "Tél fixe", "Téléphone portable", "Téléphone mobile",
        "Téléphone fixe", "Portable", "Mobile", "Téléphone 1", "Téléphone 2", "NUMERO TELEPHONE DOSSIER",
        "NUMERO TELEPHONE 2 DOSSIER", "NUMTEL", "phone_number",
    ];
    Email = "courriel", "l’adresse électronique", [
        "E-mail", "Mail", "Mails", "Courriel", "Adresse mail", "Adresses Mails", "Adresse e-mail",
        "Adresse électronique", "ADRESSE ELECTRONIQUE DOSSIER", "ADRELEC",
    ];
    /// Several columns may: they are joined in their order.
    Street = "adresse", "l’adresse", [
        "Adresse", "Adresse (complément)", "Complément adresse", "Complément d’adresse", "Adresse 1", "Adresse 2",
        "Adresse 3", "Adresse 4", "Adresse 5", "Adresse postale", "Voie", "Rue", "N° et voie", "Numéro et voie",
        "N° de voie", "Numéro de voie", "Type de voie", "Libellé de voie", "Nom de la voie", "address",
        "address_first_field", "address_second_field", "address_third_field", "address_fourth_field",
    ];
    Postcode = "code_postal", "le code postal", ["Code postal", "CP", "CODEPOS", "postcode"];
    City = "ville", "la ville", ["Ville", "Commune", "Localité", "Nom de la commune", "NOMCOM", "city"];
    PostcodeCity = "code_postal_ville", "le code postal et la ville", [
        "CP Ville", "Code postal et ville", "Code postal Ville", "CP et ville", "CP Commune",
        "Code postal commune", "address_fifth_field",
    ];
    Insee = "code_insee", "le code INSEE de la commune", [
        "Code INSEE", "INSEE", "Code commune", "Code INSEE commune", "Code commune INSEE", "NUMCOM",
    ];
    RightState = "droit_rsa", "l’état du droit au RSA", [
        "Droits RSA", "Droit RSA", "État du droit", "État du droit RSA", "Situation du droit", "ETATDOSRSA",
    ];
    RightOpened = "date_ouverture_droit", "la date d’ouverture du droit", [
        "Date d’ouverture des droits", "Date d’ouverture du droit", "Date ouverture droits", "Date ouverture droit",
        "Date d’entrée", "Date d’entrée flux", "DATE DEMANDE RSA", "Date de demande de RSA", "DTDEMRSA",
        "rights_opening_date",
    ];
    Duties = "droits_devoirs", "la soumission aux droits et devoirs", [
        "Droits et devoirs", "Soumis aux droits et devoirs", "Soumis à droits et devoirs", "SDD",
        "TOPPERSDRODEVORSA",
    ];
    DutiesSince = "date_droits_devoirs", "la date de début des droits et devoirs", [
        "DATE DEBUT DROITS - DEVOIRS", "Date de début des droits et devoirs", "Date d’entrée dans les droits et devoirs",
    ];
    Parcours = "parcours", "le parcours", [
        "Parcours", "Type de parcours", "Type d’orientation", "Orientation", "Modalité d’accompagnement",
    ];
    Organisme = "organisme", "l’organisme qui accompagne", [
        "Organisme", "Type d’organisme", "Organisme référent", "Organisme d’accompagnement",
        "Organisme accompagnateur", "Type de structure",
    ];
    DecidedOn = "date_orientation", "la date d’orientation", [
        "Date d’orientation", "Date orientation", "Date de l’orientation", "Date de décision",
        "Date de décision d’orientation", "Date décision orientation", "date_entree_parcours",
    ];
    Referent = "referent", "l’identifiant du référent", [
        "Référent", "Identifiant du référent", "Identifiant référent", "ID référent", "Code référent",
    ];
    ContractSigned = "date_contrat", "la date de signature du contrat", [
        "Date de contrat", "Date du contrat", "Date contrat", "Date CER", "Date du CER", "Date de signature du CER",
        "Date de signature du contrat", "Date contrat d’engagement",
    ];
}

/// Headings that other tools write and that are left aside here, so that nobody is asked about them.
const LEFT: &[&str] = &[
    "Civilité",
    "title",
    "TYPE PERSONNE",
    "Sexe",
    "Qualité",
    "PA",
    "Structure",
    "Structures",
    "Accompagnateurs",
    "DECISION ORIENTATION",
    "Date envoie du courrier",
    "Reçu en entretien le",
    "Heure du rdv",
    "Lieu du rdv",
    "Chargé d’orientation",
    "Modalité de l’entretien",
    "1er RDV structure",
    "Délai RDV",
    "Délai CER",
    "Réorientations",
    "Tags",
    "organisation_search_terms",
    "referent_email",
    "Email du référent",
    "Lieu de naissance",
    "Situation",
    "Droits ARE",
    "Droits ASS",
    "Prime d’activité",
    "RQTH",
    "Zone de mobilité",
    "Emploi recherché (code ROME)",
    "Niveau de formation",
    "Accompagnateurs à ajouter",
    "Accompagnateurs à supprimer",
    "Structures à rattacher",
    "emails des professionnels",
    "id",
    "identifiant_gps",
    "Date de réorientation",
    "Commentaire",
    "Commentaires",
    "Observations",
    "erreur",
];

impl Field {
    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// Whether several columns may tell it together.
    pub const fn takes_several(self) -> bool {
        matches!(self, Self::Street | Self::Phone)
    }
}

/// A heading that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It means this field.
    Field(Field),
    /// It means something that is not read here.
    Left,
}

static KNOWN: LazyLock<BTreeMap<String, Known>> = LazyLock::new(|| {
    let fields = Field::ALL.iter().flat_map(|field| {
        let written = field.headings().iter().copied().chain([field.code()]);
        written.map(|it| (key(it), Known::Field(*field)))
    });
    LEFT.iter().map(|it| (key(it), Known::Left)).chain(fields).collect()
});

impl Known {
    /// What a heading means. What it says in brackets is left aside when the whole is not known.
    pub fn of(heading: &str) -> Option<Self> {
        Self::of_key(heading, &key(heading))
    }

    /// The same, of a heading whose key is known already.
    pub(super) fn of_key(heading: &str, its_key: &str) -> Option<Self> {
        let known = |key: &str| KNOWN.get(key).copied();
        known(its_key).or_else(|| known(&key(heading.split_once(['(', '['])?.0)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_heading_means_one_thing() {
        let mut seen = BTreeMap::new();
        for field in Field::ALL {
            let headings: BTreeSet<String> = field.headings().iter().map(|it| key(it)).collect();
            assert_eq!(headings.len(), field.headings().len(), "{} says one heading twice", field.code());
            for heading in headings {
                assert_eq!(seen.insert(heading.clone(), field.code()), None, "{heading}");
            }
        }
        for left in LEFT {
            assert_eq!(seen.insert(key(left), "left"), None, "{left}");
        }
    }

    #[test]
    fn a_field_reads_back_its_code_and_is_meant_by_it() {
        for field in Field::ALL {
            assert_eq!(Field::from_code(field.code()), Some(*field));
            assert_eq!(Known::of(field.code()), Some(Known::Field(*field)));
        }
    }

    #[test]
    fn what_a_heading_says_in_brackets_counts_only_when_the_whole_is_known() {
        assert_eq!(Known::of("Date de naissance (JJ/MM/AAAA)"), Some(Known::Field(Field::BirthDate)));
        assert_eq!(Known::of("Adresse (complément)"), Some(Known::Field(Field::Street)));
        assert_eq!(Known::of("Signe astral (secret)"), None);
        assert_eq!(Known::of(""), None);
    }

    fn retyped() -> impl Strategy<Value = (Field, String)> {
        let heading = prop::sample::select(Field::ALL).prop_flat_map(|field| {
            prop::sample::select(field.headings()).prop_map(move |heading| (field, heading))
        });
        (heading, prop::collection::vec((any::<bool>(), 0..6_usize), 64)).prop_map(
            |((field, heading), noise)| {
                let blanks = ["", "", "", " ", "\n", "\t"];
                let typed = heading.chars().zip(noise.into_iter().cycle()).map(|(it, (upper, blank))| {
                    let case: String =
                        if upper { it.to_uppercase().collect() } else { it.to_lowercase().collect() };
                    let bare = if upper {
                        case.replace(['É', 'È'], "E")
                    } else {
                        case.replace(['é', 'è'], "e\u{301}")
                    };
                    format!("{bare}{}", blanks[blank])
                });
                (field, typed.collect())
            },
        )
    }

    proptest! {
        #[test]
        fn a_heading_typed_in_any_case_with_any_accents_and_blanks_means_the_same((field, heading) in retyped()) {
            prop_assert_eq!(Known::of(&heading), Some(Known::Field(field)));
        }
    }
}
