//! Whether SES takes the stack's mails.

use crate::doctor::{finding::Finding, look::Look, stack::Stack};

const IDENTITY: &str = "mailIdentity";
const ACCOUNT: &str = "mailAccount";
const QUOTA: &str = "mailQuota";

/// The share of the daily quota from which on it is too small.
const BUSY: f64 = 0.8;

/// What SES knows of the account in the region.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub is_in_sandbox: bool,
    pub may_send: bool,
    /// `HEALTHY`, `PROBATION` or `SHUTDOWN`.
    pub enforcement: String,
    /// Mails in 24 hours; -1 is without an end.
    pub most_a_day: f64,
    pub sent_today: f64,
}

/// The parameter that names what must be verified, and its value.
pub fn identity_of(stack: &Stack) -> Option<(&'static str, &str)> {
    ["SenderIdentity", "SenderEmail"]
        .into_iter()
        .find_map(|name| Some((name, stack.parameter(name)?)))
}

/// `is_verified`: of [`identity_of`].
pub fn check_identity(stack: &Stack, is_verified: &Look<bool>) -> Finding {
    let Some((parameter, identity)) = identity_of(stack) else {
        return Finding::wrong(
            IDENTITY,
            "The stack has no parameter SenderEmail.",
            "Deploy it with SenderEmail, the address that mails come from.",
        );
    };
    let sender = stack.parameter("SenderEmail").unwrap_or_default();
    if !covers(identity, sender) {
        return Finding::wrong(
            IDENTITY,
            "SenderIdentity is neither the address in SenderEmail nor its domain, so the functions may not send.",
            "Deploy the stack with the identity that SES has verified for the sender's address.",
        );
    }
    let what = format!("The identity in {parameter}");
    match is_verified {
        Look::Seen(true) => {
            Finding::good(IDENTITY, format!("{what} is verified in {}.", stack.region))
        }
        Look::Seen(false) => Finding::wrong(
            IDENTITY,
            format!(
                "{what} is not verified in {}: SES refuses every mail.",
                stack.region
            ),
            "Follow the link that SES has mailed to the address, or add the domain's DKIM records.",
        ),
        Look::Gone => Finding::wrong(
            IDENTITY,
            format!(
                "SES in {} does not know the identity in {parameter}: it refuses every mail.",
                stack.region
            ),
            "Create the identity in this region and verify it. If the domain is verified there, name it in SenderIdentity.",
        ),
        Look::Blind(blind) => Finding::not_seen(IDENTITY, &what, blind),
    }
}

/// Whether a verified identity lets this address send: it is the address, its domain, or a domain above that.
fn covers(identity: &str, sender: &str) -> bool {
    let (identity, sender) = (identity.to_lowercase(), sender.to_lowercase());
    let domain = sender.rsplit_once('@').map_or("", |(_, domain)| domain);
    identity == sender || domain == identity || domain.ends_with(&format!(".{identity}"))
}

pub fn check_account(stack: &Stack, account: &Look<Account>) -> Vec<Finding> {
    let account = match account {
        Look::Seen(account) => account,
        Look::Gone => return vec![Finding::gone(ACCOUNT, "SES's account")],
        Look::Blind(blind) => {
            return vec![Finding::not_seen(ACCOUNT, "SES's sandbox and quota", blind)];
        }
    };
    let region = &stack.region;
    let state = if !account.may_send || account.enforcement == "SHUTDOWN" {
        Finding::wrong(
            ACCOUNT,
            format!("SES has paused the account's mails in {region}: nothing is sent."),
            "Look at SES's account dashboard and at AWS's mail about it. Exports whose mail was refused can be retried.",
        )
    } else if account.enforcement == "PROBATION" {
        Finding::wrong(
            ACCOUNT,
            format!("SES has the account in {region} under review, and may pause its mails."),
            "Look at SES's reputation metrics: too many mails bounced or were reported as spam.",
        )
    } else if account.is_in_sandbox {
        Finding::wrong(
            ACCOUNT,
            format!("SES is in its sandbox in {region}: mails reach verified addresses only."),
            "Request production access on SES's account dashboard.",
        )
    } else {
        Finding::good(
            ACCOUNT,
            format!("SES sends to every address from {region}."),
        )
    };
    vec![state, quota(account)]
}

fn quota(account: &Account) -> Finding {
    let (sent, most) = (account.sent_today, account.most_a_day);
    if most < 0.0 {
        return Finding::good(QUOTA, "SES has no limit of mails a day.");
    }
    let sentence = format!("{sent:.0} of {most:.0} mails were sent in the last 24 hours");
    if sent < BUSY * most {
        Finding::good(QUOTA, format!("{sentence}."))
    } else {
        Finding::wrong(
            QUOTA,
            format!("{sentence}: soon SES refuses more."),
            "Ask for a higher sending quota on SES's account dashboard. Mails that are refused are tried again for a day.",
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::doctor::checks::testing::{denied, told};

    fn stack(parameters: &[(&str, &str)]) -> Stack {
        Stack {
            name: "shop".to_owned(),
            region: "eu-west-1".to_owned(),
            status: "CREATE_COMPLETE".to_owned(),
            parameters: parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<HashMap<_, _>>(),
            resources: vec![],
        }
    }

    fn by_address() -> Stack {
        stack(&[
            ("SenderEmail", "exports@shop.example"),
            ("SenderIdentity", ""),
        ])
    }

    fn fine() -> Account {
        Account {
            is_in_sandbox: false,
            may_send: true,
            enforcement: "HEALTHY".to_owned(),
            most_a_day: 50_000.0,
            sent_today: 39_999.0,
        }
    }

    fn account(account: Account) -> Vec<String> {
        told(&check_account(&by_address(), &Look::Seen(account)))
    }

    #[test]
    fn an_identity_must_be_known_and_verified() {
        let told = |look| told(&[check_identity(&by_address(), &look)]).remove(0);
        assert_eq!(
            told(Look::Seen(true)),
            "Good: The identity in SenderEmail is verified in eu-west-1."
        );
        assert!(told(Look::Seen(false)).starts_with("Wrong: The identity in SenderEmail is not"));
        assert!(told(Look::Gone).starts_with("Wrong: SES in eu-west-1 does not know"));
        assert_eq!(
            told(denied("ses:GetEmailIdentity")),
            "NotSeen: The identity in SenderEmail could not be looked at: the credentials lack the permission \
             ses:GetEmailIdentity."
        );
    }

    #[test]
    fn no_finding_has_the_address() {
        for look in [Look::Seen(true), Look::Seen(false), Look::Gone] {
            let finding = check_identity(&by_address(), &look);
            assert!(!format!("{finding:?}").contains("shop.example"));
        }
    }

    #[test]
    fn an_identity_must_cover_the_sender() {
        for (identity, is_good) in [
            ("shop.example", true),
            ("Shop.Example", true),
            ("exports@shop.example", true),
            ("example", true),
            ("op.example", false),
            ("mail.shop.example", false),
        ] {
            let stack = stack(&[
                ("SenderEmail", "exports@shop.example"),
                ("SenderIdentity", identity),
            ]);
            let finding = check_identity(&stack, &Look::Seen(true));
            assert_eq!(finding.advice.is_none(), is_good, "{identity}");
        }
    }

    #[test]
    fn an_account_out_of_the_sandbox_with_mails_left_is_good() {
        assert_eq!(
            account(fine()),
            [
                "Good: SES sends to every address from eu-west-1.",
                "Good: 39999 of 50000 mails were sent in the last 24 hours.",
            ]
        );
        let endless = Account {
            most_a_day: -1.0,
            ..fine()
        };
        assert_eq!(
            account(endless)[1],
            "Good: SES has no limit of mails a day."
        );
    }

    #[test]
    fn a_sandbox_a_pause_and_a_review_are_wrong() {
        let sandbox = Account {
            is_in_sandbox: true,
            ..fine()
        };
        assert_eq!(
            account(sandbox)[0],
            "Wrong: SES is in its sandbox in eu-west-1: mails reach verified addresses only."
        );
        let paused = Account {
            may_send: false,
            ..fine()
        };
        assert!(account(paused)[0].contains("has paused"));
        for (enforcement, words) in [("SHUTDOWN", "has paused"), ("PROBATION", "under review")] {
            let watched = Account {
                enforcement: enforcement.to_owned(),
                ..fine()
            };
            assert!(account(watched)[0].contains(words));
        }
    }

    #[test]
    fn four_fifths_of_the_quota_are_too_much() {
        let busy = Account {
            sent_today: 40_000.0,
            ..fine()
        };
        assert_eq!(
            account(busy)[1],
            "Wrong: 40000 of 50000 mails were sent in the last 24 hours: soon SES refuses more."
        );
    }
}
