//! What the doctor has to say.

use serde::Serialize;

use super::look::{Blind, Look, Observed};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Good,
    /// Nothing is wrong, but there is something to know.
    Hint,
    Wrong,
    /// It could not be looked at.
    NotSeen,
}

/// What one check has found. No sentence has an address, a key or an id of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check's name, for programs.
    pub check: &'static str,
    pub verdict: Verdict,
    /// The name in the template of what it is about, if that is one resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    pub sentence: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    pub fn good(check: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Good,
            resource: None,
            sentence: sentence.into(),
            advice: None,
        }
    }

    pub fn hint(
        check: &'static str,
        sentence: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::Hint,
            advice: Some(advice.into()),
            ..Self::good(check, sentence)
        }
    }

    pub fn wrong(
        check: &'static str,
        sentence: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::Wrong,
            advice: Some(advice.into()),
            ..Self::good(check, sentence)
        }
    }

    /// `what` could not be looked at.
    pub fn not_seen(check: &'static str, what: &str, blind: &Blind) -> Self {
        Self {
            verdict: Verdict::NotSeen,
            advice: Some(blind.advice()),
            ..Self::good(
                check,
                format!("{what} could not be looked at: {}.", blind.reason()),
            )
        }
    }

    /// `what` is in the stack, but AWS does not have it any more.
    pub fn gone(check: &'static str, what: &str) -> Self {
        Self::wrong(
            check,
            format!("{what} does not exist any more, though the stack lists it."),
            "CloudFormation does not notice by itself: take the resource out of the stack and deploy, and deploy it again with \
             it.",
        )
    }

    pub fn of(self, resource: &str) -> Self {
        Self {
            resource: Some(resource.to_owned()),
            ..self
        }
    }
}

/// One finding for each resource that is not good, or a single one that says `all_good`.
pub fn each<T>(
    check: &'static str,
    observed: &[Observed<T>],
    all_good: impl Into<String>,
    fault: impl Fn(&Observed<T>, &T) -> Option<Finding>,
) -> Vec<Finding> {
    let findings: Vec<_> = observed
        .iter()
        .filter_map(|one| {
            let name = &one.resource.logical;
            let finding = match &one.look {
                Look::Seen(fact) => fault(one, fact)?,
                Look::Gone => Finding::gone(check, name),
                Look::Blind(blind) => Finding::not_seen(check, name, blind),
            };
            Some(finding.of(name))
        })
        .collect();
    if findings.is_empty() {
        vec![Finding::good(check, all_good)]
    } else {
        findings
    }
}
