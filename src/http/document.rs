//! The API document: what the handlers say about themselves, and the problems they may answer.
//!
//! A handler names the codes of its own problems in the extension `x-problems`. What follows from
//! its shape is added here: a key that is missing, a body that cannot be read, a path that names
//! nothing. The extension then holds all codes, for those who generate clients.

use super::problem::{ProblemCode, ProblemView};
use crate::desk::Role;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};

const PROBLEMS: &str = "x-problems";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Doorstep",
        description = "Schedules free device pickup and delivery for trade-in programmes.\n\n\
            Times are RFC 3339 with the region's offset; durations are whole seconds (`_s`), \
            distances metres (`_m`), money minor units with a currency. Answers give places in \
            WGS-84. Errors are RFC 9457 problems with a stable `code`."
    ),
    tags(
        (name = "checkout", description = "Search, hold, book, cancel"),
        (name = "customer", description = "The own booking, by its link: no key"),
        (name = "courier", description = "The own route"),
        (name = "dispatcher", description = "A region's days"),
        (name = "admin", description = "Regions, hubs, couriers, shifts, keys, webhooks"),
        (name = "service", description = "Is it up")
    ),
    components(schemas(ProblemView)),
    modifiers(&Keys)
)]
struct Frame;

/// One bearer scheme for each role, so that an operation shows who may call it.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        for role in Role::ALL.map(Role::as_str) {
            let scheme = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(format!("A key with the role {role}: `dsk_…`")))
                .build();
            components.add_security_scheme(role, SecurityScheme::Http(scheme));
        }
    }
}

/// The document before the handlers are added.
pub(super) fn frame() -> OpenApi {
    Frame::openapi()
}

/// Adds to each operation the problems it may answer.
pub(super) fn with_problems(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let codes = problems_of(operation);
            describe(operation, &codes);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
        .into_iter()
        .filter_map(Option::as_mut)
}

/// Its own problems, and those that follow from its shape.
fn problems_of(operation: &Operation) -> BTreeSet<ProblemCode> {
    use ProblemCode as P;
    let mut codes = own_problems(operation);
    codes.insert(P::Internal);
    if operation.security.is_some() {
        codes.extend([P::Unauthorized, P::Forbidden, P::Overloaded, P::Unavailable]);
    }
    if operation.request_body.is_some() {
        codes.extend([P::MalformedJson, P::TooLarge, P::UnsupportedMediaType, P::Invalid]);
    }
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        match parameter.parameter_in {
            ParameterIn::Path => codes.insert(P::NotFound),
            ParameterIn::Query | ParameterIn::QueryString => codes.insert(P::MalformedQuery),
            ParameterIn::Header if parameter.name == "Last-Event-ID" => codes.insert(P::BadEventId),
            ParameterIn::Header if parameter.name == "Prefer" => false,
            ParameterIn::Header if parameter.name == "If-Match" => {
                codes.extend([P::PreconditionRequired, P::PlanChanged]);
                true
            }
            ParameterIn::Header => {
                codes.extend([P::BadIdempotencyKey, P::IdempotencyKeyReused]);
                true
            }
            ParameterIn::Cookie => false,
        };
    }
    codes
}

fn own_problems(operation: &Operation) -> BTreeSet<ProblemCode> {
    let own = operation.extensions.as_ref().and_then(|extensions| extensions.get(PROBLEMS));
    let names = own.and_then(|list| list.as_array()).into_iter().flatten();
    names
        .filter_map(|name| ProblemCode::ALL.into_iter().find(|code| name == code.as_str()))
        .collect()
}

fn describe(operation: &mut Operation, codes: &BTreeSet<ProblemCode>) {
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in codes {
        let (text, status, title) = code.entry();
        by_status.entry(status.as_u16()).or_default().push(format!("`{text}`: {title}"));
    }
    for (status, meanings) in by_status {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new()
            .description(meanings.join("; "))
            .content("application/problem+json", content.build());
        operation.responses.responses.insert(status.to_string(), response.build().into());
    }
    let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    operation.extensions = Some(ExtensionsBuilder::new().add(PROBLEMS, codes).build());
}
