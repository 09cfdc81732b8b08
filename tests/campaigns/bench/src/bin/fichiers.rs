//! `fichiers`: the monthly flow of the largest département, killed and resumed, then given again; and a long list.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use report::Options;

/// Lit, rapproche et écrit les fichiers d’un grand département, et mesure.
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
    /// Le dossier des données d’un processus qui reçoit un fichier : la campagne lance les siens.
    #[arg(long, hide = true, requires_all = ["fichier", "nature", "cle"])]
    enfant: Option<PathBuf>,
    /// Le fichier qu’il reçoit.
    #[arg(long, hide = true)]
    fichier: Option<PathBuf>,
    /// Ce qu’est ce fichier : flux ou liste.
    #[arg(long, hide = true)]
    nature: Option<String>,
    /// Sous quelle clé il le reçoit.
    #[arg(long, hide = true)]
    cle: Option<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match (cli.enfant, cli.fichier, cli.nature, cli.cle) {
        (Some(data), Some(file), Some(nature), Some(key)) => {
            bench::files::child::run(&data, &file, &nature, &key).map(|()| ExitCode::SUCCESS)
        }
        _ => bench::files::run(cli.options),
    };
    report::leave(done)
}
