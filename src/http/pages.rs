//! The pages: a dispatcher's board, embedded in the binary.
//!
//! Pages are plain HTML, CSS and ES modules in `web/`, served as they are written there. They call
//! the API as anyone would, with a key that the reader gives them; the server knows nothing of
//! them but their text. Their content security policy allows no inline code, no inline style and
//! no other host.

use super::etag::Known;
use super::problem::{Problem, ProblemCode};
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Redirect, Response};
use axum::routing::get;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; \
    base-uri 'none'";

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

/// A file of `web/`.
struct File {
    /// Its path below `/assets/`.
    path: &'static str,
    content_type: &'static str,
    text: &'static str,
}

/// A file of `web/`, by its path there.
macro_rules! file {
    ($path:literal, $content_type:expr) => {
        File {
            path: $path,
            content_type: $content_type,
            text: include_str!(concat!("../../web/", $path)),
        }
    };
}

const DISPATCH: File = file!("dispatch/index.html", HTML);

const ASSETS: [File; 18] = [
    file!("dispatch/api.js", SCRIPT),
    file!("dispatch/board.css", STYLE),
    file!("dispatch/couriers.css", STYLE),
    file!("dispatch/couriers.js", SCRIPT),
    file!("dispatch/dom.js", SCRIPT),
    file!("dispatch/format.js", SCRIPT),
    file!("dispatch/icon.svg", PICTURE),
    file!("dispatch/legend.css", STYLE),
    file!("dispatch/main.js", SCRIPT),
    file!("dispatch/map.css", STYLE),
    file!("dispatch/map.js", SCRIPT),
    file!("dispatch/stops.js", SCRIPT),
    file!("dispatch/strings.js", SCRIPT),
    file!("dispatch/summary.js", SCRIPT),
    file!("dispatch/timeline.css", STYLE),
    file!("dispatch/timeline.js", SCRIPT),
    file!("dispatch/unassigned.js", SCRIPT),
    file!("dispatch/viewport.js", SCRIPT),
];

/// The pages and what they load.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(async || Redirect::temporary("/dispatch")))
        .route("/dispatch", get(async |known: Known| answer(&known, &DISPATCH)))
        .route("/assets/{*path}", get(asset))
}

async fn asset(Path(path): Path<String>, known: Known) -> Result<Response, Problem> {
    let file = ASSETS.iter().find(|file| file.path == path);
    let file = file.ok_or_else(|| {
        Problem::new(ProblemCode::NotFound, "no page has a file of this name: see /dispatch")
    })?;
    Ok(answer(&known, file))
}

fn answer(known: &Known, file: &File) -> Response {
    let mut response = known.bytes(file.content_type, Bytes::from_static(file.text.as_bytes()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
    use axum::http::{HeaderName, Request, StatusCode};
    use tower::ServiceExt;

    async fn get_with(path: &str, header: Option<(HeaderName, &str)>) -> Response {
        let mut request = Request::get(path);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.body(Body::empty()).unwrap();
        routes::<()>().oneshot(request).await.unwrap()
    }

    async fn text(response: Response) -> String {
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    fn header(response: &Response, name: &HeaderName) -> String {
        response.headers()[name].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn the_root_leads_to_the_board() {
        let response = get_with("/", None).await;
        assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(header(&response, &LOCATION), "/dispatch");
    }

    #[tokio::test]
    async fn the_board_allows_nothing_from_elsewhere() {
        let response = get_with("/dispatch", None).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, &CONTENT_TYPE), HTML);
        assert_eq!(header(&response, &REFERRER_POLICY), "no-referrer");
        assert!(header(&response, &CACHE_CONTROL).contains("no-cache"));
        let policy = header(&response, &CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let page = text(response).await;
        assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
        assert!(!page.contains("style="), "an inline style is refused by the policy: {page}");
    }

    #[tokio::test]
    async fn a_reader_who_has_a_page_is_told_so() {
        let tag = header(&get_with("/dispatch", None).await, &ETAG);
        let again = get_with("/dispatch", Some((IF_NONE_MATCH, &tag))).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(text(again).await.is_empty());
    }

    #[tokio::test]
    async fn every_asset_that_the_page_and_the_scripts_name_is_served() {
        for file in ASSETS {
            let response = get_with(&format!("/assets/{}", file.path), None).await;
            assert_eq!(response.status(), StatusCode::OK, "{}", file.path);
            assert_eq!(header(&response, &CONTENT_TYPE), file.content_type);
        }
        for named in ASSETS.iter().chain([&DISPATCH]).flat_map(|file| named_assets(file.text)) {
            assert!(ASSETS.iter().any(|file| file.path == named), "{named} is not embedded");
        }
    }

    /// The paths in `"/assets/…"` and in `from "./…"`, as paths below `/assets/`.
    fn named_assets(text: &str) -> Vec<String> {
        let after = |start: &'static str| {
            text.split(start).skip(1).filter_map(|rest| rest.split('"').next())
        };
        let absolute = after("\"/assets/").map(str::to_owned);
        absolute.chain(after("from \"./").map(|name| format!("dispatch/{name}"))).collect()
    }

    #[tokio::test]
    async fn an_unknown_asset_is_a_problem() {
        for path in ["/assets/dispatch/none.js", "/assets/dispatch/..%2f..%2fCargo.toml"] {
            let response = get_with(path, None).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(header(&response, &CONTENT_TYPE), "application/problem+json");
        }
    }
}
