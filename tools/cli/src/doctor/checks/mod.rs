//! The checks: from what was seen to what there is to say. None of them calls AWS.

pub mod alarms;
pub mod buckets;
pub mod concurrency;
pub mod dead_letters;
pub mod history;
pub mod keys;
pub mod mail;
pub mod mappings;
pub mod parts;
pub mod rules;
pub mod time_to_live;

#[cfg(test)]
mod testing {
    use crate::doctor::{
        finding::Finding,
        look::{Blind, Cause, Look, Observed},
        stack::Resource,
    };

    /// A resource of this name, whose name on AWS is `shop-` and the same.
    pub fn resource(logical: &str) -> Resource {
        Resource {
            kind: String::new(),
            logical: logical.to_owned(),
            physical: format!("shop-{logical}"),
        }
    }

    pub fn seen<T>(logical: &str, fact: T) -> Observed<T> {
        Observed {
            resource: resource(logical),
            look: Look::Seen(fact),
        }
    }

    pub fn denied<T>(permission: &'static str) -> Look<T> {
        Look::Blind(Blind {
            permission,
            cause: Cause::Denied,
        })
    }

    /// Verdict and sentence of each finding, as a person reads them.
    pub fn told(findings: &[Finding]) -> Vec<String> {
        findings
            .iter()
            .map(|finding| format!("{:?}: {}", finding.verdict, finding.sentence))
            .collect()
    }
}
