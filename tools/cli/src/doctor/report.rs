//! The findings for people and for programs.

use serde_json::json;

use super::{
    finding::{Finding, Verdict},
    stack::Stack,
};

/// Whether nothing is wrong and everything could be looked at.
pub fn is_well(findings: &[Finding]) -> bool {
    count(findings, Verdict::Wrong) + count(findings, Verdict::NotSeen) == 0
}

pub fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.verdict {
            Verdict::Good => "good",
            Verdict::Hint => "hint",
            Verdict::Wrong => "WRONG",
            Verdict::NotSeen => "NOT SEEN",
        };
        text += &format!("{mark:<10}{}\n", finding.sentence);
        if let Some(advice) = &finding.advice {
            text += &format!("{:<10}{advice}\n", "");
        }
    }
    text + "\n" + &summary(findings) + "\n"
}

fn summary(findings: &[Finding]) -> String {
    let wrong = count(findings, Verdict::Wrong);
    let not_seen = count(findings, Verdict::NotSeen);
    match (wrong, not_seen) {
        (0, 0) => "Nothing is wrong.".to_owned(),
        (_, 0) => format!("Wrong: {wrong}."),
        _ => format!("Wrong: {wrong}. Could not be looked at: {not_seen}."),
    }
}

pub fn json(stack: &Stack, findings: &[Finding]) -> serde_json::Value {
    json!({
        "stack": stack.name,
        "region": stack.region,
        "isWell": is_well(findings),
        "findings": findings,
    })
}

fn count(findings: &[Finding], verdict: Verdict) -> usize {
    findings
        .iter()
        .filter(|finding| finding.verdict == verdict)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::look::{Blind, Cause};

    fn findings() -> [Finding; 4] {
        let blind = Blind {
            permission: "ses:GetAccount",
            cause: Cause::Denied,
        };
        [
            Finding::good("one", "One is good."),
            Finding::hint("two", "Two is not there.", "Make it."),
            Finding::wrong("three", "Three is off.", "Put it on.").of("Three"),
            Finding::not_seen("four", "Four", &blind),
        ]
    }

    #[test]
    fn people_read_a_sentence_and_what_to_do() {
        assert_eq!(
            text(&findings()),
            "good      One is good.\n\
             hint      Two is not there.\n          Make it.\n\
             WRONG     Three is off.\n          Put it on.\n\
             NOT SEEN  Four could not be looked at: the credentials lack the permission ses:GetAccount.\n          \
             Use credentials that may ses:GetAccount, or let these ones do it.\n\n\
             Wrong: 1. Could not be looked at: 1.\n"
        );
    }

    #[test]
    fn a_hint_is_nothing_wrong_and_what_is_not_seen_is_not_well() {
        let [good, hint, wrong, not_seen] = findings();
        assert!(is_well(&[good.clone(), hint]));
        assert!(!is_well(&[good.clone(), wrong]));
        assert!(!is_well(&[good, not_seen]));
    }
}
