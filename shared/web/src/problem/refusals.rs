//! Every code that an answer may bear, and what it means, in French. Published at `/problemes/<code>`.

/// The codes and their sentences, in alphabetical order.
pub const CODES: &[(&str, &str)] = &[
    (
        "attente_france_travail",
        "Le délai légal est dépassé : France Travail oriente. Enregistrez sa décision.",
    ),
    ("aucune_urgence", "Aucune urgence n’est ouverte sur ce dossier."),
    ("capacite_atteinte", "Ce référent n’a plus de place. Seul un responsable peut dépasser la capacité."),
    ("cle_idempotence_absente", "Ajoutez l’en-tête Idempotency-Key : une valeur propre à cette demande."),
    ("cle_idempotence_invalide", "La clé d’idempotence contient de 1 à 128 caractères ASCII visibles."),
    ("cle_reutilisee", "Cette clé d’idempotence a déjà servi pour une demande différente."),
    ("cles_indisponibles", "Les clés du service de connexion ne répondent pas. Réessayez dans un instant."),
    ("colonnes_deja_precisees", "Les colonnes de ce fichier sont déjà précisées, et sa lecture a commencé."),
    ("commentaire_absent", "Le motif « autre » demande quelques mots d’explication."),
    ("contenu_invalide", "Certaines données sont à corriger."),
    ("corps_trop_grand", "Le contenu envoyé dépasse 64 Kio."),
    ("delai_legal_non_depasse", "Le délai légal court encore : la décision revient au Département."),
    ("delegation_absente", "Vous n’avez pas de délégation de signature en vigueur pour ce parcours."),
    (
        "dossier_a_garder",
        "Une décision est signée sur ce dossier : c’est lui qu’il faut garder. Réunissez l’autre avec lui.",
    ),
    ("dossier_clos", "Le parcours est terminé : le droit doit d’abord rouvrir."),
    ("dossier_identique", "Ces deux dossiers n’en font qu’un."),
    ("dossier_non_reuni", "Ce dossier n’est réuni avec aucun autre."),
    ("dossier_reuni", "Ce dossier est réuni avec un autre, qui continue à sa place."),
    ("droit_deja_confirme", "Le droit est déjà confirmé avec d’autres dates."),
    ("droit_non_confirme", "Le droit au RSA n’est pas encore confirmé."),
    ("efface", "Ce dossier a été effacé."),
    ("erreur_interne", "Le service a rencontré une erreur. Réessayez plus tard."),
    ("etape_depassee", "Le dossier a déjà dépassé cette étape."),
    ("format_non_accepte", "Envoyez ce contenu au format application/json."),
    ("formulaire_illisible", "Le formulaire n’est pas arrivé en entier. Envoyez-le de nouveau."),
    (
        "hors_droits_et_devoirs",
        "La personne n’est pas soumise aux droits et devoirs : rien ne lui est imposé.",
    ),
    ("if_match_absent", "Ajoutez l’en-tête If-Match avec l’ETag du dossier que vous avez lu."),
    ("if_match_illisible", "If-Match attend un seul ETag fort, entre guillemets, comme \"4\"."),
    ("introuvable", "Cette adresse ne mène à rien que vous puissiez voir."),
    ("jeton_absent", "Ajoutez un jeton dans l’en-tête Authorization: Bearer."),
    ("jeton_algorithme", "Le jeton n’est pas signé en RS256."),
    ("jeton_audience", "Le jeton est destiné à un autre service."),
    ("jeton_cle_inconnue", "Le jeton n’est signé par aucune clé connue."),
    ("jeton_emetteur", "Le jeton vient d’un autre émetteur."),
    ("jeton_expire", "La connexion a expiré. Connectez-vous à nouveau."),
    ("jeton_illisible", "Le jeton n’est pas lisible."),
    ("jeton_incomplet", "Il manque au jeton une information obligatoire : exp, nbf, iss, aud ou sub."),
    ("jeton_pas_encore_valide", "Le jeton n’est pas encore valide."),
    ("jeton_signature", "La signature du jeton n’est pas valide."),
    ("json_illisible", "Le contenu envoyé n’est pas du JSON lisible."),
    ("methode_non_permise", "Cette adresse n’accepte pas cette méthode."),
    ("motif_ecart_absent", "La décision s’écarte de ce qui est proposé : donnez un motif."),
    ("non_oriente", "L’orientation de ce dossier n’est pas signée."),
    ("nouvelle_depassee", "Une information plus récente sur ce droit est déjà connue."),
    ("occupe", "Le service est très sollicité. Réessayez dans quelques secondes."),
    ("origine_refusee", "Ce formulaire doit être envoyé depuis le site lui-même."),
    ("referent_identique", "Cette personne est déjà le référent du dossier."),
    ("referent_inconnu", "Ce référent n’existe pas."),
    ("referent_ne_dessert_pas", "Ce référent ne dessert pas cette commune, ce parcours ou cet organisme."),
    ("requete_illisible", "L’adresse contient des paramètres illisibles."),
    ("revision_perimee", "Le dossier a été modifié entre-temps. Relisez-le avant de recommencer."),
    ("role_absent", "Le jeton ne donne aucun rôle dans ce service."),
    ("role_insuffisant", "Votre rôle ne permet pas cette action."),
    ("territoire_absent", "Le jeton ne désigne aucun territoire de ce service."),
    ("territoire_refuse", "Cette demande concerne un autre territoire que le vôtre."),
    ("triage_en_cours", "Le dossier n’est pas encore analysé. Réessayez dans un instant."),
    ("urgence_ouverte", "Une urgence est ouverte : traitez-la d’abord."),
];

/// The sentence of a code.
pub fn sentence(code: &str) -> &'static str {
    CODES
        .binary_search_by_key(&code, |(known, _)| known)
        .map_or("Le service a refusé cette demande.", |index| CODES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_in_order_and_each_has_one_sentence() {
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(CODES.iter().all(|(_, sentence)| sentence.ends_with('.')));
    }

    #[test]
    fn every_refusal_of_the_domain_has_its_own_sentence() {
        use domain::Refusal;
        for refusal in [
            Refusal::AlreadyDone,
            Refusal::RightNotConfirmed,
            Refusal::RightAlreadyConfirmed,
            Refusal::NotSubjectToDuties,
            Refusal::NotTriaged,
            Refusal::EmergencyOpen,
            Refusal::NoEmergency,
            Refusal::NoDelegation,
            Refusal::MotiveMissing,
            Refusal::WordsMissing,
            Refusal::AwaitingFranceTravail,
            Refusal::NotAwaitingFranceTravail,
            Refusal::NotOriented,
            Refusal::ReferentDoesNotServe,
            Refusal::UnknownReferent,
            Refusal::SameReferent,
            Refusal::NoRoom,
            Refusal::Closed,
            Refusal::Outdated,
        ] {
            assert!(CODES.iter().any(|(code, _)| *code == refusal.code()), "{}", refusal.code());
        }
    }
}
