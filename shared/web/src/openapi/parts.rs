//! The parts that operations share: parameters, headers, problems.

use contracts::api::EtatCode;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{
    Content, HeaderBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema, SecurityRequirement,
    path,
};

use super::BEARER;
use super::operations::{Access, Operation};

/// What an operation reads outside its body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parameter {
    After,
    Agent,
    Commune,
    Dossier,
    IfMatch,
    Key,
    Limit,
    Referent,
    Run,
    State,
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
        let content = Content::new(Some(Ref::from_schema_name(body)));
        let body =
            RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
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
    let content = if schema.is_empty() {
        Content::new(Some(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Object)).build()))
    } else {
        Content::new(Some(Ref::from_schema_name(schema)))
    };
    let mut response = ResponseBuilder::new().description("Fait.").content("application/json", content);
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
        Parameter::Commune => {
            ("commune", ParameterIn::Query, false, "Code INSEE.", matching("^([0-9]{5}|2[AB][0-9]{3})$"))
        }
        Parameter::Dossier => ("id", ParameterIn::Path, true, "Le dossier.", uuid()),
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
        Parameter::State => ("etat", ParameterIn::Query, false, "Dans cet état.", states()),
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

fn states() -> RefOr<Schema> {
    string().enum_values(Some(EtatCode::ALL.map(EtatCode::code))).build().into()
}
