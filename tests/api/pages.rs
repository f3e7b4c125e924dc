//! The pages as the service serves them: types, policy, caching, compression, and none at all.

use super::actors::Actor;
use super::service::{Service, on_sqlite, settings};
use doorstep::http::{HttpSettings, MapSource, PageFiles};
use reqwest::header::{HeaderMap, HeaderName};
use tempfile::TempDir;

/// A folder such as `make web` makes.
fn built() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("dispatch.html", "<!doctype html>"),
        ("dispatch.html.br", "packed with Brotli"),
        ("dispatch.html.gz", "packed with gzip"),
        ("tracking.html", "<!doctype html><p>Tracking"),
        ("assets/app-1a2b3c.js", "export {};"),
        ("courier/sw.js", "self;"),
        ("embed/doorstep-slots.js", "export {};"),
    ];
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

async fn with_pages(service: &Service, folder: &TempDir, map: MapSource) -> Actor {
    let pages = PageFiles::Folder(folder.path().to_owned());
    service.replica(&service.nobody, HttpSettings { pages, map, ..settings() }).await
}

/// Status, headers and text of a page, asked for with a header.
async fn page(reader: &Actor, path: &str, with: Option<(&str, &str)>) -> (u16, HeaderMap, String) {
    let mut request = reader.client.get(format!("{}{path}", reader.base));
    if let Some((name, value)) = with {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.text().await.unwrap())
}

fn header(headers: &HeaderMap, name: &str) -> String {
    let name = HeaderName::try_from(name).unwrap();
    headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn pages_are_served_with_a_policy_and_checked_for_news() {
    on_sqlite(async |service| {
        let folder = built();
        let reader = with_pages(&service, &folder, MapSource::default()).await;
        let (status, headers, text) = page(&reader, "/dispatch", None).await;
        assert_eq!((status, text.as_str()), (200, "<!doctype html>"));
        assert_eq!(header(&headers, "content-type"), "text/html; charset=utf-8");
        assert!(header(&headers, "cache-control").contains("no-cache"));
        assert_eq!(header(&headers, "referrer-policy"), "no-referrer");
        let policy = header(&headers, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        let tag = header(&headers, "etag");
        let (status, _, text) = page(&reader, "/dispatch", Some(("if-none-match", &tag))).await;
        assert_eq!((status, text.as_str()), (304, ""));
        // Whatever the link, its page is the same: the page itself asks what the link is good for.
        let (status, headers, _) = page(&reader, "/t/some-link", None).await;
        assert_eq!((status, header(&headers, "referrer-policy").as_str()), (200, "no-referrer"));
    })
    .await;
}

#[tokio::test]
async fn a_page_comes_packed_as_its_reader_can_unpack_it() {
    on_sqlite(async |service| {
        let folder = built();
        let reader = with_pages(&service, &folder, MapSource::default()).await;
        for (accepted, encoding, content) in [
            ("gzip, deflate, br", "br", "packed with Brotli"),
            ("gzip", "gzip", "packed with gzip"),
            ("br;q=0, gzip;q=0.5", "gzip", "packed with gzip"),
            ("identity", "", "<!doctype html>"),
        ] {
            let asked = Some(("accept-encoding", accepted));
            let (status, headers, text) = page(&reader, "/dispatch", asked).await;
            assert_eq!((status, text.as_str()), (200, content), "{accepted}");
            assert_eq!(header(&headers, "content-encoding"), encoding, "{accepted}");
            assert!(header(&headers, "vary").contains("accept-encoding"), "{accepted}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_pages_load_is_kept_as_long_as_its_name_allows() {
    on_sqlite(async |service| {
        let folder = built();
        let reader = with_pages(&service, &folder, MapSource::default()).await;
        let (status, headers, _) = page(&reader, "/assets/app-1a2b3c.js", None).await;
        assert_eq!(status, 200);
        assert_eq!(header(&headers, "content-type"), "text/javascript; charset=utf-8");
        assert!(header(&headers, "cache-control").contains("immutable"));
        let (status, headers, _) = page(&reader, "/courier/sw.js", None).await;
        assert_eq!(
            (status, header(&headers, "service-worker-allowed").as_str()),
            (200, "/courier")
        );
        assert!(header(&headers, "cache-control").contains("no-cache"));
        let (status, headers, _) = page(&reader, "/embed/doorstep-slots.js", None).await;
        assert_eq!(status, 200);
        assert!(header(&headers, "cache-control").contains("no-cache"));
        for path in ["/assets/none.js", "/assets/..%2fdispatch.html", "/courier/none"] {
            let (status, headers, _) = page(&reader, path, None).await;
            assert_eq!(status, 404, "{path}");
            assert_eq!(header(&headers, "content-type"), "application/problem+json", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_program_without_pages_says_how_to_get_them() {
    on_sqlite(async |service| {
        let empty = tempfile::tempdir().unwrap();
        let reader = with_pages(&service, &empty, MapSource::default()).await;
        for path in ["/dispatch", "/courier", "/checkout", "/t/link"] {
            let (status, _, text) = page(&reader, path, None).await;
            assert_eq!(status, 503, "{path}");
            assert!(text.contains("make web"), "{text}");
        }
        let (status, ..) = page(&reader, "/healthz", None).await;
        assert_eq!(status, 200);
    })
    .await;
}

#[tokio::test]
async fn an_operators_map_is_told_and_allowed() {
    on_sqlite(async |service| {
        let folder = built();
        let map = MapSource {
            style: Some("https://maps.example/style.json?key=1".parse().unwrap()),
            hosts: vec!["https://tiles.example".parse().unwrap()],
            datum: doorstep::geo::Datum::Gcj02,
            ..MapSource::default()
        };
        let reader = with_pages(&service, &folder, map).await;
        let told = reader.get("/v1/map").await.expect(200);
        assert_eq!(told["style_url"], "https://maps.example/style.json?key=1");
        assert_eq!((&told["datum"], told["tiles_url"].is_null()), (&"gcj02".into(), true));
        let (_, headers, _) = page(&reader, "/dispatch", None).await;
        let policy = header(&headers, "content-security-policy");
        let hosts = "'self' https://maps.example https://tiles.example;";
        assert!(policy.contains(&format!("connect-src {hosts}")), "{policy}");
        let (status, ..) = page(&reader, "/map/tiles.pmtiles", None).await;
        assert_eq!(status, 404);
    })
    .await;
}

#[tokio::test]
async fn an_operators_tiles_are_served_in_ranges() {
    on_sqlite(async |service| {
        let folder = built();
        let tiles = folder.path().join("city.pmtiles");
        std::fs::write(&tiles, "0123456789").unwrap();
        let map = MapSource { tiles: Some(tiles), ..MapSource::default() };
        let reader = with_pages(&service, &folder, map).await;
        let told = reader.get("/v1/map").await.expect(200);
        assert_eq!(told["tiles_url"], "/map/tiles.pmtiles");
        let asked = Some(("range", "bytes=2-4"));
        let (status, headers, text) = page(&reader, "/map/tiles.pmtiles", asked).await;
        assert_eq!((status, text.as_str()), (206, "234"));
        assert_eq!(header(&headers, "content-range"), "bytes 2-4/10");
    })
    .await;
}
