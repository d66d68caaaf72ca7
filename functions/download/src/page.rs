//! A refusal as a page for a person who clicked a link, or as JSON for a client that accepts it.

use askama::Template;
use http::header;
use shared::{
    http::{Answer, Facts, problem_answer},
    wire::problem::Problem,
};

#[derive(Template)]
#[template(path = "refusal.html")]
struct Page<'a> {
    title: &'a str,
    detail: &'a str,
    request_id: &'a str,
}

pub fn refusal(problem: &Problem, facts: &Facts) -> Answer {
    let json = problem_answer(problem, facts);
    if facts.accept.as_deref().is_some_and(prefers_json) {
        return json;
    }
    let page = Page {
        title: problem.title(),
        detail: &problem.detail(),
        request_id: &facts.request_id,
    };
    match page.render() {
        Ok(html) => Answer {
            status: problem.status(),
            headers: vec![
                (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                        .to_owned(),
                ),
                (header::REFERRER_POLICY, "no-referrer".to_owned()),
            ],
            body: html,
        },
        Err(_) => json,
    }
}

/// Whether JSON is named and HTML is not: a browser names both or only HTML.
fn prefers_json(accept: &str) -> bool {
    accept.contains("json") && !accept.contains("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_a_page_and_a_program_json() {
        assert!(prefers_json("application/json"));
        assert!(prefers_json("application/problem+json, */*"));
        assert!(!prefers_json(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(!prefers_json("*/*"));
    }
}
