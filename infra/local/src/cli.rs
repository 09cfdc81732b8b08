//! The command line, in French.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{Args, Parser, Subcommand};
use domain::Territory;

/// The commands of `spie`.
#[derive(Debug, Parser)]
#[command(
    name = "spie",
    version,
    about = "Le parcours d'orientation des bénéficiaires du RSA, sur une seule machine",
    long_about = "Le parcours d'orientation des bénéficiaires du RSA, sur une seule machine.\n\n\
        Codes de retour : 0 tout est fait, 2 une partie seulement, 1 échec.",
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    help_template = TEMPLATE,
    subcommand_help_heading = "Commandes",
    subcommand_value_name = "COMMANDE",
    disable_help_flag = true,
    disable_version_flag = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Affiche cette aide
    #[arg(short, long, global = true, action = clap::ArgAction::Help, help_heading = "Options")]
    help: Option<bool>,
    /// Affiche la version
    #[arg(short = 'V', long, action = clap::ArgAction::Version, help_heading = "Options")]
    version: Option<bool>,
}

const TEMPLATE: &str = "{about-with-newline}\nUtilisation : {usage}\n\n{all-args}{after-help}\n";

/// One command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Démarre tout le parcours sur cette machine, à l'adresse 127.0.0.1
    #[command(
        help_template = TEMPLATE,
        after_help = "Variables d'environnement :\n  \
            PORT          le port (3000)\n  \
            SPIE_DATA     le dossier des données (.spie)\n  \
            TERRITOIRES   les départements servis, séparés par des virgules (77)"
    )]
    Local,
    /// Joue un mois d'entrées fictives sur le parcours en marche, et dit ce que chacun est devenu
    #[command(help_template = TEMPLATE)]
    Cohorte(Cohort),
    /// Donne un fichier au parcours en marche, le suit, et rend le fichier annoté
    #[command(
        help_template = TEMPLATE,
        after_help = "Codes de retour : 0 tout est entré, 2 des lignes sont refusées, 1 le fichier est refusé.\n\
            La dernière ligne dit ce que sont devenus les adultes du fichier, en JSON.\n\n\
            Variables d'environnement :\n  \
            SPIE_JETON    le jeton d'un professionnel ; sans lui, celui du mode local"
    )]
    Importer(Importer),
    /// Dit les indicateurs d'une période, en JSON, tels que les répond le parcours en marche
    #[command(
        help_template = TEMPLATE,
        after_help = "Codes de retour : 0 les indicateurs sont dits, 1 la demande est refusée.\n\n\
            Variables d'environnement :\n  \
            SPIE_JETON    le jeton d'un professionnel ; sans lui, celui du mode local"
    )]
    Indicateurs(Indicators),
    /// Écrit un fichier fictif, de la taille voulue, pour essayer et pour mesurer
    #[command(name = "generer-flux", help_template = TEMPLATE)]
    GenererFlux(Forge),
}

/// Options of the indicators. The days are read by who answers, which tells everything that is wrong with them.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options")]
pub struct Indicators {
    /// Le département ; 77 si rien n'est dit
    #[arg(long, default_value = "77", hide_default_value = true, value_name = "CODE", value_parser = territory)]
    pub territoire: Territory,
    /// Le premier jour de la période, comme 2026-01-01
    #[arg(long, value_name = "JOUR")]
    pub du: String,
    /// Son dernier jour
    #[arg(long, value_name = "JOUR")]
    pub au: String,
    /// Le jour jusqu'auquel les entrants de la période sont suivis ; aujourd'hui si rien n'est dit
    #[arg(long, value_name = "JOUR")]
    pub arrete_le: Option<String>,
    /// commune : chaque commune aussi, petits effectifs masqués
    #[arg(long, value_name = "DÉCOUPAGE")]
    pub par: Option<String>,
    /// L'adresse du parcours en marche ; le port 3000 de cette machine si rien n'est dit
    #[arg(long, hide_default_value = true, default_value = "http://127.0.0.1:3000", value_name = "URL")]
    pub url: String,
    /// Le jeton
    #[arg(long, env = "SPIE_JETON", hide = true, hide_env_values = true)]
    pub jeton: Option<String>,
}

/// Options of an import.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options")]
pub struct Importer {
    /// Le fichier : un flux de la CAF ou de la MSA, ou une liste en CSV ou XLSX
    #[arg(value_name = "FICHIER")]
    pub fichier: PathBuf,
    /// Le département ; 77 si rien n'est dit
    #[arg(long, default_value = "77", hide_default_value = true, value_name = "CODE", value_parser = territory)]
    pub territoire: Territory,
    /// Dit ce que le fichier changerait, et n'écrit rien
    #[arg(long)]
    pub a_blanc: bool,
    /// Ce qu'est le fichier, flux (de la CAF ou de la MSA) ou liste (d'un autre outil) ; deviné si rien n'est dit
    #[arg(long, value_enum, hide_possible_values = true, value_name = "NATURE")]
    pub nature: Option<Nature>,
    /// L'outil d'où vient une liste : la lecture de ses colonnes est retenue sous ce nom
    #[arg(long, value_name = "NOM")]
    pub source: Option<String>,
    /// L'adresse du parcours en marche ; le port 3000 de cette machine si rien n'est dit
    #[arg(long, hide_default_value = true, default_value = "http://127.0.0.1:3000", value_name = "URL")]
    pub url: String,
    /// Le jeton
    #[arg(long, env = "SPIE_JETON", hide = true, hide_env_values = true)]
    pub jeton: Option<String>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Nature {
    /// Un flux de la CAF ou de la MSA
    Flux,
    /// Une liste d'un autre outil
    Liste,
}

impl Nature {
    /// The code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Flux => "flux",
            Self::Liste => "liste",
        }
    }
}

/// Options of the forge.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options")]
pub struct Forge {
    /// Le département ; 77 si rien n'est dit
    #[arg(long, default_value = "77", hide_default_value = true, value_name = "CODE", value_parser = territory)]
    pub territoire: Territory,
    /// Le nombre de foyers d'un flux, ou de lignes d'une liste
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub foyers: u32,
    /// La graine, 1 si rien n'est dit : la même graine écrit le même fichier
    #[arg(long, default_value_t = 1, hide_default_value = true, value_name = "G")]
    pub graine: u64,
    /// Le mois du flux, à partir de 0 : les mêmes foyers, autant de mois plus tard
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "M")]
    pub mois: u32,
    /// Ce qu'il faut écrire : mensuel, quotidien ou reprise (flux), liste (de personnes), contacts, ou stock (avec ce qui
    /// est déjà en cours) ; mensuel si rien n'est dit
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        default_value = "mensuel",
        hide_default_value = true,
        value_name = "NATURE"
    )]
    pub nature: ForgeKind,
    /// Le fichier à écrire ; flux.xml ou liste.csv si rien n'est dit
    #[arg(long, value_name = "FICHIER")]
    pub sortie: Option<PathBuf>,
}

/// What the forge writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ForgeKind {
    /// Un flux mensuel de bénéficiaires
    Mensuel,
    /// Un flux quotidien
    Quotidien,
    /// Un flux de reprise du stock
    Reprise,
    /// Une liste de personnes
    Liste,
    /// Une liste de contacts
    Contacts,
    /// Une liste du stock, avec ce qui est déjà en cours
    Stock,
}

impl ForgeKind {
    /// The file that is written when nothing is said.
    pub const fn default_name(self) -> &'static str {
        match self {
            Self::Mensuel | Self::Quotidien | Self::Reprise => "flux.xml",
            Self::Liste | Self::Contacts | Self::Stock => "liste.csv",
        }
    }
}

/// Options of the cohort.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options")]
pub struct Cohort {
    /// Le département ; 77 si rien n'est dit
    #[arg(long, default_value = "77", hide_default_value = true, value_name = "CODE", value_parser = territory)]
    pub territoire: Territory,
    /// Le nombre de personnes ; par défaut, les entrées d'un mois estimées d'après les chiffres publiés
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub taille: Option<u32>,
    /// La graine, 1 si rien n'est dit : la même graine joue les mêmes personnes, et reprend une cohorte interrompue
    #[arg(long, default_value_t = 1, hide_default_value = true, value_name = "G")]
    pub graine: u64,
    /// L'adresse du parcours en marche ; le port 3000 de cette machine si rien n'est dit
    #[arg(long, hide_default_value = true, default_value = "http://127.0.0.1:3000", value_name = "URL")]
    pub adresse: String,
    /// Combien de secondes attendre un parcours arrêté avant d'abandonner ; 300 si rien n'est dit
    #[arg(long, default_value_t = 300, hide_default_value = true, value_name = "S")]
    pub patience: u64,
}

fn territory(code: &str) -> Result<Territory, String> {
    code.parse().map_err(|_| "ce n'est pas le code d'un département, comme 77 ou 2A".to_owned())
}

/// What is wrong with a command line, in French.
#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds are another crate's, and open")]
pub fn complaint(error: &clap::Error) -> String {
    let given = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("l'option « {} » n'existe pas", given(ContextKind::InvalidArg)),
        ErrorKind::InvalidSubcommand => {
            format!("la commande « {} » n'existe pas", given(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!(
                "« {} » ne convient pas pour {}",
                given(ContextKind::InvalidValue),
                given(ContextKind::InvalidArg)
            )
        }
        _ => "la commande n'est pas complète".to_owned(),
    };
    format!("Échec : {what}.\nL'aide : spie --help")
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Only a part.
    Partial,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::Partial => Self::from(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed_and_speaks_french() {
        let mut command = Cli::command();
        command.build();
        for text in [
            command.render_long_help().to_string(),
            command.find_subcommand_mut("cohorte").unwrap().render_long_help().to_string(),
            command.find_subcommand_mut("local").unwrap().render_long_help().to_string(),
            command.find_subcommand_mut("indicateurs").unwrap().render_long_help().to_string(),
        ] {
            for english in ["Usage", "Print", "default:", "Commands", "[env"] {
                assert!(!text.contains(english), "{english} in {text}");
            }
        }
    }

    #[test]
    fn a_territory_that_does_not_exist_is_refused() {
        assert!(Cli::try_parse_from(["spie", "cohorte", "--territoire", "999"]).is_err());
        assert!(Cli::try_parse_from(["spie", "cohorte", "--taille", "0"]).is_err());
    }

    #[test]
    fn a_wrong_command_line_is_told_in_french() {
        let complaint = |line: &[&str]| complaint(&Cli::try_parse_from(line).unwrap_err());
        assert!(
            complaint(&["spie", "cohorte", "--tailler", "3"]).contains("l'option « --tailler » n'existe pas")
        );
        assert!(complaint(&["spie", "cohorte", "--taille", "zéro"]).contains("« zéro » ne convient pas"));
        assert!(complaint(&["spie", "danse"]).contains("la commande « danse » n'existe pas"));
    }

    #[test]
    fn the_cohort_s_defaults_need_no_option() {
        let cli = Cli::try_parse_from(["spie", "cohorte"]).unwrap();
        let Command::Cohorte(cohort) = cli.command else { panic!() };
        assert_eq!((cohort.territoire.as_str(), cohort.taille, cohort.graine), ("77", None, 1));
    }
}
