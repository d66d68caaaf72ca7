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

/// The identities by which SES may know an address: itself, its domain, and the domains above that.
pub fn identities_of(sender: &str) -> Vec<&str> {
    let Some((_, domain)) = sender.rsplit_once('@') else {
        return vec![];
    };
    let domains = std::iter::successors(Some(domain), |domain| {
        domain.split_once('.').map(|(_, above)| above)
    });
    // Nobody has a top-level domain verified.
    let domains = domains.filter(|domain| domain.contains('.'));
    std::iter::once(sender).chain(domains).collect()
}

/// `are_verified`: each of [`identities_of`] the sender. One of them is enough.
pub fn check_identity(stack: &Stack, are_verified: &[Look<bool>]) -> Finding {
    let what = "The address in SenderEmail";
    let region = &stack.region;
    if are_verified.is_empty() {
        return Finding::wrong(
            IDENTITY,
            "The stack has no parameter SenderEmail.",
            "Deploy it with SenderEmail, the address that mails come from.",
        );
    }
    if are_verified.contains(&Look::Seen(true)) {
        return Finding::good(IDENTITY, format!("{what} is verified in {region}."));
    }
    let blind = are_verified.iter().find_map(|look| match look {
        Look::Blind(blind) => Some(blind),
        Look::Seen(_) | Look::Gone => None,
    });
    if let Some(blind) = blind {
        return Finding::not_seen(IDENTITY, what, blind);
    }
    if are_verified.contains(&Look::Seen(false)) {
        return Finding::wrong(
            IDENTITY,
            format!("{what} is not verified in {region}: SES refuses every mail."),
            "Follow the link that SES has mailed to the address, or add the domain's DKIM records.",
        );
    }
    Finding::wrong(
        IDENTITY,
        format!(
            "SES in {region} knows neither the address in SenderEmail nor its domain: it refuses every mail."
        ),
        "Create an identity for one of them in this region, and verify it.",
    )
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
        stack(&[("SenderEmail", "exports@shop.example")])
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
    fn an_address_its_domain_and_those_above_may_be_verified() {
        assert_eq!(
            identities_of("exports@mail.shop.example"),
            [
                "exports@mail.shop.example",
                "mail.shop.example",
                "shop.example"
            ]
        );
        assert_eq!(identities_of(""), Vec::<&str>::new());
    }

    #[test]
    fn one_identity_must_be_known_and_verified() {
        let told = |looks: &[Look<bool>]| told(&[check_identity(&by_address(), looks)]).remove(0);
        let good = "Good: The address in SenderEmail is verified in eu-west-1.";
        assert_eq!(told(&[Look::Gone, Look::Seen(true)]), good);
        let refused = denied("ses:GetEmailIdentity");
        assert_eq!(told(&[Look::Seen(true), refused.clone()]), good);
        assert!(
            told(&[Look::Seen(false), Look::Gone])
                .starts_with("Wrong: The address in SenderEmail is not verified")
        );
        assert!(
            told(&[Look::Gone, Look::Gone]).starts_with("Wrong: SES in eu-west-1 knows neither")
        );
        assert!(told(&[]).starts_with("Wrong: The stack has no parameter SenderEmail"));
        assert_eq!(
            told(&[Look::Seen(false), refused]),
            "NotSeen: The address in SenderEmail could not be looked at: the credentials lack the permission \
             ses:GetEmailIdentity."
        );
    }

    #[test]
    fn no_finding_has_the_address() {
        for look in [Look::Seen(true), Look::Seen(false), Look::Gone] {
            let finding = check_identity(&by_address(), &[look]);
            assert!(!format!("{finding:?}").contains("shop.example"));
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
