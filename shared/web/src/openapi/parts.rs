//! The parts that operations share: parameters, headers, problems.

use contracts::api::{EtatCode, ImportNature};
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{
    Content, HeaderBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema, SecurityRequirement,
    path,
};

use super::BEARER;
use super::operations::{Access, BYTES, Operation};

/// What an operation reads outside its body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parameter {
    After,
    Agent,
    By,
    Commune,
    Dossier,
    Dry,
    Frame,
    From,
    IfMatch,
    Import,
    Key,
    Limit,
    Name,
    Nature,
    ReceivedOn,
    Referent,
    Run,
    SeenOn,
    Source,
    State,
    Version,
    To,
    WithReferent,
}

/// What an answer says outside its body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Header {
    ETag,
    Location,
}

/// An operation, as the document has it.
pub(super) fn describe(it: &Operation) -> path::Operation {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(it.id))
        .summary(Some(it.summary))
        .tag(it.tag)
        .parameters(Some(it.parameters.iter().map(|one| parameter(*one))));
    if let Some(body) = it.body {
        let (kind, content) = match body {
            BYTES => ("application/octet-stream", bytes()),
            schema => ("application/json", Content::new(Some(Ref::from_schema_name(schema)))),
        };
        let body = RequestBodyBuilder::new().content(kind, content).required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    for (status, schema, headers) in it.yes {
        operation = operation.response(*status, granted(schema, headers));
    }
    for status in it.no {
        operation = operation.response(status.to_string(), refused(*status));
    }
    operation = operation.response("default", problem("Refus ou erreur du service."));
    let token = SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []);
    let operation = match it.access {
        Access::Anybody => operation,
        Access::Better => operation.securities(Some([SecurityRequirement::default(), token])),
        Access::Token => operation.security(token),
    };
    operation.build()
}

fn granted(schema: &str, headers: &[Header]) -> Response {
    let mut response = ResponseBuilder::new().description("Fait.");
    for kind in if schema == BYTES { FILES } else { &["application/json"] } {
        let content = match schema {
            "" => {
                Content::new(Some(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Object)).build()))
            }
            BYTES => bytes(),
            schema => Content::new(Some(Ref::from_schema_name(schema))),
        };
        response = response.content(*kind, content);
    }
    for header in headers {
        let (name, detail) = match header {
            Header::ETag => ("ETag", "La révision montrée, à renvoyer dans If-Match."),
            Header::Location => ("Location", "Où regarder ensuite."),
        };
        response = response
            .header(name, HeaderBuilder::new().schema(Some(text())).description(Some(detail)).build());
    }
    response.build()
}

/// What the annotated file may be.
const FILES: &[&str] = &["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"];

fn bytes() -> Content {
    Content::new(Some(string().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).build()))
}

fn refused(status: u16) -> Response {
    let description = match status {
        400 => "Requête illisible, ou en-tête obligatoire absent.",
        401 => "Jeton absent ou refusé.",
        403 => "Rôle ou territoire insuffisant.",
        404 => "Introuvable, ou hors de votre vue.",
        409 => "Refusé par une règle du parcours.",
        410 => "Effacé.",
        412 => "Révision périmée : l’ETag courant est dans la réponse.",
        413 => "Plus de 64 Kio.",
        415 => "Autre format que application/json.",
        422 => "Données invalides : toutes les erreurs à la fois. Ou clé d’idempotence déjà utilisée.",
        428 => "If-Match absent.",
        503 => "Momentanément indisponible : voir Retry-After.",
        _ => "Refus.",
    };
    let mut response = problem(description);
    let number = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer)).build();
    let (name, header) = match status {
        401 => ("WWW-Authenticate", HeaderBuilder::new().schema(Some(text()))),
        412 => ("ETag", HeaderBuilder::new().schema(Some(text()))),
        503 => ("Retry-After", HeaderBuilder::new().schema(Some(number()))),
        _ => return response,
    };
    response.headers.insert(name.to_owned(), header.build().into());
    response
}

fn problem(description: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Probleme")));
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

fn parameter(which: Parameter) -> path::Parameter {
    let (name, place, required, detail, schema) = match which {
        Parameter::After => ("apres", ParameterIn::Query, false, "Le `suivant` de la page d’avant.", text()),
        Parameter::Agent => (
            "agent",
            ParameterIn::Path,
            true,
            "L’agent, comme le service de connexion le nomme.",
            matching("^[!-\"$-.0-~]{1,128}$"),
        ),
        Parameter::By => {
            let detail = "Dire aussi chaque commune, petits effectifs masqués.";
            ("par", ParameterIn::Query, false, detail, one_of(&["commune"]))
        }
        Parameter::Commune => {
            ("commune", ParameterIn::Query, false, "Code INSEE.", matching("^([0-9]{5}|2[AB][0-9]{3})$"))
        }
        Parameter::Dossier => ("id", ParameterIn::Path, true, "Le dossier.", uuid()),
        Parameter::Dry => {
            let detail = "Dire ce que le fichier changerait, sans rien écrire : non si rien n’est dit.";
            ("a_blanc", ParameterIn::Query, false, detail, one_of(&["true", "false"]))
        }
        Parameter::Frame => {
            ("cadre", ParameterIn::Path, true, "Le cadre, sans sa version.", matching("^cadre-[0-9]{4}$"))
        }
        Parameter::Version => {
            ("version", ParameterIn::Path, true, "Le numéro de la version.", matching("^[1-9][0-9]{0,5}$"))
        }
        Parameter::From => ("du", ParameterIn::Query, true, "Le premier jour de la période.", day()),
        Parameter::To => {
            ("au", ParameterIn::Query, true, "Son dernier jour, au plus tard aujourd’hui.", day())
        }
        Parameter::SeenOn => {
            let detail = "Le jour jusqu’auquel les entrants de la période sont suivis ; aujourd’hui si rien n’est dit.";
            ("arrete_le", ParameterIn::Query, false, detail, day())
        }
        Parameter::Import => ("id", ParameterIn::Path, true, "L’import.", uuid()),
        Parameter::Name => ("nom", ParameterIn::Query, true, "Le nom du fichier.", short(200)),
        Parameter::Nature => {
            let detail = "Un flux de la CAF ou de la MSA, ou une liste d’un autre outil, CSV ou XLSX.";
            ("nature", ParameterIn::Query, true, detail, one_of(ImportNature::CODES))
        }
        Parameter::ReceivedOn => {
            let detail = "Le jour de sa réception par le département, d’où part le délai légal ; aujourd’hui si rien n’est dit.";
            ("recu_le", ParameterIn::Query, false, detail, day())
        }
        Parameter::Source => {
            let detail = "L’outil d’où vient une liste : ses colonnes sont retenues pour la suivante.";
            ("source", ParameterIn::Query, false, detail, short(60))
        }
        Parameter::IfMatch => (
            "If-Match",
            ParameterIn::Header,
            false,
            "L’ETag lu. Obligatoire pour modifier.",
            matching("^\"[0-9]{1,18}\"$"),
        ),
        Parameter::Key => (
            "Idempotency-Key",
            ParameterIn::Header,
            true,
            "Une valeur propre à cette demande ; la même pour la rejouer.",
            matching("^[!-~]{1,128}$"),
        ),
        Parameter::Limit => {
            ("limite", ParameterIn::Query, false, "Au plus ce nombre ; 50 si rien n’est dit.", limit())
        }
        Parameter::Referent => ("id", ParameterIn::Path, true, "Le référent.", matching("^[a-z0-9-]{1,40}$")),
        Parameter::Run => (
            "id",
            ParameterIn::Path,
            true,
            "Le mois, ou `simulation-` et le mois.",
            matching("^(simulation-)?[0-9]{4}-[0-9]{2}$"),
        ),
        Parameter::State => {
            let codes: Vec<&str> = EtatCode::ALL.iter().map(|it| it.code()).collect();
            ("etat", ParameterIn::Query, false, "Dans cet état.", one_of(&codes))
        }
        Parameter::WithReferent => {
            ("referent", ParameterIn::Query, false, "De ce référent.", matching("^[a-z0-9-]{1,40}$"))
        }
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(if required { Required::True } else { Required::False })
        .description(Some(detail))
        .schema(Some(schema))
        .build()
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}

fn text() -> RefOr<Schema> {
    string().build().into()
}

fn matching(pattern: &str) -> RefOr<Schema> {
    string().pattern(Some(pattern)).build().into()
}

fn uuid() -> RefOr<Schema> {
    string().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).build().into()
}

fn limit() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(1))
        .maximum(Some(100))
        .default(Some(50.into()))
        .build()
        .into()
}

fn one_of(codes: &[&str]) -> RefOr<Schema> {
    string().enum_values(Some(codes.iter().copied())).build().into()
}

fn short(most: usize) -> RefOr<Schema> {
    string().min_length(Some(1)).max_length(Some(most)).build().into()
}

fn day() -> RefOr<Schema> {
    string().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))).build().into()
}
