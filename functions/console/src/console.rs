//! `GET /console`, `GET /console/assets/{file}`, `GET /docs` and `GET /docs/{api}`: what Vite built, from the binary itself.

use http::{HeaderName, StatusCode, header};
use shared::{
    http::{Answer, Request},
    wire::problem::Problem,
};

include!(concat!(env!("OUT_DIR"), "/built.rs"));

/// Every file of the page comes from the page's own origin, and no other page may frame it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                                       img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                                       frame-ancestors 'none'";
const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
/// The page names its assets, so it must be fresh while they may be cached.
const FRESH: &str = "no-cache";
/// An asset's name changes with its content.
const FOREVER: &str = "public, max-age=31536000, immutable";

pub async fn handle(request: Request) -> Result<Answer, Problem> {
    match request.path.as_str() {
        "/console" => Ok(page(PAGE.to_owned())),
        // Its links are relative to `…/console`: from here they are one folder nearer.
        "/console/" => Ok(page(PAGE.replace("=\"console/assets/", "=\"assets/"))),
        "/docs" => Ok(page(reference("index")?.to_owned())),
        // So are the reference's from `…/docs`.
        "/docs/" => Ok(page(
            reference("index")?
                .replace("=\"docs/", "=\"")
                .replace("=\"docs\"", "=\"../docs\"")
                .replace("=\"console", "=\"../console"),
        )),
        path => match path.strip_prefix("/docs/") {
            Some(api) => Ok(page(reference(api)?.to_owned())),
            None => asset(path.strip_prefix("/console/assets/").ok_or_else(nothing)?),
        },
    }
}

/// A page of the API reference by its file's name.
fn reference(name: &str) -> Result<&'static str, Problem> {
    let found = REFERENCE.iter().find(|(page, _)| *page == name);
    found.map(|(_, html)| *html).ok_or_else(nothing)
}

fn page(html: String) -> Answer {
    text("text/html; charset=utf-8", html)
        .with_header(header::CACHE_CONTROL, FRESH)
        .with_header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)
        .with_header(header::REFERRER_POLICY, "no-referrer")
        .with_header(CROSS_ORIGIN_OPENER_POLICY, "same-origin")
}

fn asset(name: &str) -> Result<Answer, Problem> {
    let (_, content) = ASSETS
        .iter()
        .find(|(file, _)| *file == name)
        .ok_or_else(nothing)?;
    Ok(text(content_type(name), (*content).to_owned()).with_header(header::CACHE_CONTROL, FOREVER))
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}

fn text(content_type: &'static str, body: String) -> Answer {
    Answer {
        status: StatusCode::OK,
        headers: vec![(header::CONTENT_TYPE, content_type.to_owned())],
        body,
    }
}

fn nothing() -> Problem {
    Problem::NotFound("There is nothing at this path.")
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    async fn get(path: &str) -> Result<Answer, Problem> {
        handle(Request {
            id: "req-1".to_owned(),
            method: "GET".to_owned(),
            path: path.to_owned(),
            caller: None,
            query: vec![],
            headers: HeaderMap::new(),
            source_ip: None,
            body: vec![],
        })
        .await
    }

    fn header(answer: &Answer, name: HeaderName) -> Option<&str> {
        let found = answer.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    #[tokio::test]
    async fn the_page_may_load_only_what_is_its_own() {
        let answer = get("/console").await.unwrap();
        let policy = header(&answer, header::CONTENT_SECURITY_POLICY).unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(header(&answer, header::CACHE_CONTROL), Some("no-cache"));
        assert!(answer.body.starts_with("<!doctype html>"));
    }

    #[tokio::test]
    async fn every_asset_is_found_from_both_addresses_of_the_page() {
        let page = get("/console").await.unwrap().body;
        let page_with_slash = get("/console/").await.unwrap().body;
        for (name, content) in ASSETS {
            // The page names what it loads first; the other assets are named, by their file names, in these.
            if page.contains(&format!("\"console/assets/{name}\"")) {
                assert!(page_with_slash.contains(&format!("\"assets/{name}\"")));
            } else {
                let mut others = ASSETS.iter().chain(REFERENCE);
                assert!(others.any(|(_, other)| other.contains(name)));
            }
            let asset = get(&format!("/console/assets/{name}")).await.unwrap();
            assert_eq!(asset.body, *content);
            assert_eq!(header(&asset, header::CACHE_CONTROL), Some(FOREVER));
        }
    }

    #[tokio::test]
    async fn the_reference_is_served_under_the_policy_of_the_page() {
        let policy = get("/console").await.unwrap();
        let policy = header(&policy, header::CONTENT_SECURITY_POLICY).unwrap();
        for (name, html) in REFERENCE {
            let path = if *name == "index" {
                "/docs".to_owned()
            } else {
                format!("/docs/{name}")
            };
            let answer = get(&path).await.unwrap();
            assert_eq!(answer.body, *html);
            assert_eq!(
                header(&answer, header::CONTENT_SECURITY_POLICY),
                Some(policy)
            );
            assert_eq!(header(&answer, header::CACHE_CONTROL), Some(FRESH));
        }
        assert!(REFERENCE.iter().any(|(name, _)| *name == "index"));
    }

    #[tokio::test]
    async fn the_list_of_operations_leads_to_the_same_from_both_of_its_addresses() {
        let links = |html: &str, base: &str| -> Vec<String> {
            let base = url::Url::parse(base).unwrap();
            let after = html.split("href=\"").skip(1);
            let hrefs = after.filter_map(|rest| rest.split_once('"'));
            let kept = hrefs.filter(|(href, _)| !href.starts_with('#'));
            kept.map(|(href, _)| base.join(href).unwrap().into())
                .collect()
        };
        let (without, with) = (get("/docs").await.unwrap(), get("/docs/").await.unwrap());
        let found = links(&without.body, "https://x.example/api/docs");
        assert_eq!(found, links(&with.body, "https://x.example/api/docs/"));
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        for path in [
            "/console/assets/",
            "/console/assets/index.html",
            "/console/assets/../Cargo.toml",
            "/console/index.html",
            "/docs/nothing",
            "/docs/operator/",
            "/docs/operator.html",
            "/consoles",
            "/v1/me",
        ] {
            assert!(
                matches!(get(path).await, Err(Problem::NotFound(_))),
                "{path}"
            );
        }
    }

    #[test]
    fn assets_are_what_they_say() {
        assert_eq!(
            content_type("index-B3rK9zQx.js"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(
            content_type("index-B3rK9zQx.css"),
            "text/css; charset=utf-8"
        );
    }
}
