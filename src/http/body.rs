//! Request bodies.

use super::App;
use super::problem::{FieldError, Problem, ProblemCode};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::Segment;

/// A JSON body. What is not JSON is 400, with line and column; what is JSON but not this value
/// is 422, with a pointer to the field.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = json_bytes(request, app).await?;
        parse(&bytes).map(Self)
    }
}

/// The bytes of a body that says it is JSON, or none.
pub(super) async fn json_bytes_or_none(request: Request, app: &App) -> Result<Bytes, Problem> {
    let is_json = media_type(request.headers()) == Some(MediaType::Json);
    let bytes = read(request, app).await?;
    if bytes.is_empty() || is_json { Ok(bytes) } else { Err(unsupported("application/json")) }
}

/// The bytes of a body that says it is JSON.
pub(super) async fn json_bytes(request: Request, app: &App) -> Result<Bytes, Problem> {
    if media_type(request.headers()) != Some(MediaType::Json) {
        return Err(unsupported("application/json"));
    }
    read(request, app).await
}

/// A JSON or CSV body as it came; its reader finds out which of the two it is.
pub(super) struct Sheet(pub(super) Bytes);

impl FromRequest<App> for Sheet {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if media_type(request.headers()).is_none() {
            return Err(unsupported("application/json or text/csv"));
        }
        read(request, app).await.map(Self)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MediaType {
    Json,
    Csv,
}

fn media_type(headers: &HeaderMap) -> Option<MediaType> {
    let header = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = header.split(';').next()?.trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Some(MediaType::Json),
        "text/csv" => Some(MediaType::Csv),
        _ => None,
    }
}

fn unsupported(taken: &str) -> Problem {
    let detail = format!("send the body with 'Content-Type: {taken}'");
    Problem::new(ProblemCode::UnsupportedMediaType, detail)
}

async fn read(request: Request, app: &App) -> Result<Bytes, Problem> {
    Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = "the body is larger than this path takes: send it in parts";
            Problem::new(ProblemCode::TooLarge, detail)
        }
        _ => Problem::new(ProblemCode::MalformedJson, "the body ended before it was complete"),
    })
}

/// A value out of a JSON body.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path().iter());
        problem(&pointer, error.inner())
    })?;
    json.end().map_err(|error| problem("", &error))?;
    Ok(value)
}

fn problem(pointer: &str, error: &serde_json::Error) -> Problem {
    match error.classify() {
        Category::Data => {
            let message = without_position(error);
            Problem::invalid(vec![FieldError::at(pointer, message)])
        }
        Category::Syntax | Category::Eof | Category::Io => {
            Problem::new(ProblemCode::MalformedJson, format!("the body is not JSON: {error}"))
        }
    }
}

/// The pointer says where; a line and column beside it would only distract.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned()
}

/// RFC 6901: `~` is `~0`, `/` is `~1`.
fn pointer<'a>(segments: impl Iterator<Item = &'a Segment>) -> String {
    segments
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only read to see whether it can be")]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[expect(dead_code, reason = "only read to see whether it can be")]
        #[serde(rename = "a/b")]
        count: u8,
    }

    fn refused(body: &str) -> serde_json::Value {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        serde_json::to_value(problem.view).unwrap()
    }

    #[test]
    fn what_is_no_json_says_line_and_column() {
        for body in ["", "{", "{\"items\": [}", "{\"items\": []} x", "\u{feff}{}"] {
            let problem = refused(body);
            assert_eq!(problem["code"], "malformed_json", "{body}");
            assert!(problem["detail"].as_str().unwrap().contains("line 1 column"), "{problem}");
        }
    }

    #[test]
    fn a_wrong_field_is_pointed_to() {
        let at = |body| refused(body)["errors"][0]["pointer"].as_str().unwrap().to_owned();
        assert_eq!(at("{\"items\": [{\"a/b\": 1}, {\"a/b\": 300}]}"), "/items/1/a~1b");
        assert_eq!(at("{\"items\": [{}]}"), "/items/0", "a missing field: its object");
        assert_eq!(at("{\"items\": [], \"extra\": 1}"), "/extra");
        assert_eq!(at("[]"), "");
    }

    #[test]
    fn very_deep_nesting_is_refused_not_followed() {
        let body = format!("{{\"items\": {}", "[".repeat(100_000));
        assert!(parse::<Order>(body.as_bytes()).is_err());
    }
}
