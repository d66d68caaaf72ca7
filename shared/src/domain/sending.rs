//! The mails about an export.

use jiff::Timestamp;

use super::{
    address::EmailAddress,
    arrival::{ArrivalState, Arrivals},
    cc_domains::CcDomains,
    link::LinkId,
};

/// A mail that SES accepted, or one that nobody was left for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Of the link that it carries. `None` if it was not sent, or was sent before links had ids.
    pub link_id: Option<LinkId>,
    pub sent_at: Timestamp,
    pub recipients: Vec<EmailAddress>,
    /// Who did not get it, because their address refused mail before or no copies may go to its domain.
    pub skipped: Vec<EmailAddress>,
    /// SES's own. `None` if it was not sent.
    pub message_id: Option<String>,
    /// What was told of it since.
    pub arrivals: Arrivals,
}

/// What keeps a tenant's mails from some addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailRules {
    /// The addresses that refused mail before.
    pub suppressed: Vec<EmailAddress>,
    /// Where copies may go. `None`: everywhere.
    pub cc_domains: Option<CcDomains>,
}

/// Whether an export's mails reached anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum MailState {
    /// On the way, as far as is known.
    Sent,
    /// It reached somebody.
    Delivered,
    /// Every recipient's server refused it.
    Undelivered,
    /// All addresses were skipped.
    NotSent,
}

impl Sending {
    /// What became of the mail to a recipient, if anything was told.
    pub fn arrival(&self, recipient: &EmailAddress) -> Option<ArrivalState> {
        let arrival = self.arrivals.get(recipient.as_str())?;
        Some(arrival.state)
    }
}

impl MailState {
    /// Of all mails about an export. `None` if none was sent or skipped yet.
    pub fn of(sendings: &[Sending]) -> Option<Self> {
        if sendings.is_empty() {
            return None;
        }
        let mut states = sendings
            .iter()
            .flat_map(|sending| sending.recipients.iter().map(|to| sending.arrival(to)))
            .peekable();
        if states.peek().is_none() {
            return Some(Self::NotSent);
        }
        let mut is_refused_by_all = true;
        for state in states {
            match state {
                Some(ArrivalState::Delivered | ArrivalState::Complained) => {
                    return Some(Self::Delivered);
                }
                Some(ArrivalState::Bounced | ArrivalState::Rejected) => {}
                Some(ArrivalState::Delayed | ArrivalState::SoftBounced) | None => {
                    is_refused_by_all = false;
                }
            }
        }
        Some(if is_refused_by_all {
            Self::Undelivered
        } else {
            Self::Sent
        })
    }

    /// What a person should know about it.
    pub fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Sent | Self::Delivered => None,
            Self::Undelivered => Some(
                "The mail reached nobody: every address refused it. Download the file here, or have the mail sent to other addresses.",
            ),
            Self::NotSent => Some(
                "No mail was sent: every address has refused mail before, reported it as spam, or is one that no copies may go to. Download the file here.",
            ),
        }
    }
}

impl MailRules {
    /// The recipients who are written to, the requester first, and those who are skipped.
    pub fn split(
        &self,
        requester: &EmailAddress,
        cc: &[EmailAddress],
    ) -> (Vec<EmailAddress>, Vec<EmailAddress>) {
        let is_suppressed = |recipient: &EmailAddress| {
            self.suppressed
                .iter()
                .any(|address| address.is_same_mailbox(recipient))
        };
        let is_copied = |recipient: &EmailAddress| {
            recipient.is_same_mailbox(requester)
                || self
                    .cc_domains
                    .as_ref()
                    .is_none_or(|domains| domains.allow(recipient))
        };
        std::iter::once(requester)
            .chain(cc)
            .cloned()
            .partition(|recipient| is_copied(recipient) && !is_suppressed(recipient))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{arrival::Arrival, export::examples::at};

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    /// A mail to so many, and what was told of the first ones.
    fn sending(recipients: usize, told: &[ArrivalState]) -> Sending {
        let now = at("2026-11-20T09:30:05Z");
        let name = |number| format!("user{number}@example.com");
        Sending {
            link_id: None,
            sent_at: now,
            recipients: (0..recipients)
                .map(|number| address(&name(number)))
                .collect(),
            skipped: vec![],
            message_id: Some("1".to_owned()),
            arrivals: told
                .iter()
                .enumerate()
                .map(|(number, state)| {
                    (
                        name(number),
                        Arrival {
                            state: *state,
                            at: now,
                        },
                    )
                })
                .collect(),
        }
    }

    #[test]
    fn a_mail_is_undelivered_once_every_recipient_has_refused_it() {
        use ArrivalState::*;
        for (sendings, state) in [
            (vec![], None),
            (vec![sending(2, &[])], Some(MailState::Sent)),
            (vec![sending(2, &[Bounced])], Some(MailState::Sent)),
            (
                vec![sending(2, &[Bounced, SoftBounced])],
                Some(MailState::Sent),
            ),
            (
                vec![sending(2, &[Bounced, Rejected])],
                Some(MailState::Undelivered),
            ),
            (
                vec![sending(2, &[Bounced, Delivered])],
                Some(MailState::Delivered),
            ),
            (vec![sending(1, &[Complained])], Some(MailState::Delivered)),
            // Sent again to somebody else, and to nobody.
            (
                vec![sending(1, &[]), sending(1, &[Bounced])],
                Some(MailState::Sent),
            ),
            (
                vec![sending(0, &[]), sending(1, &[Bounced])],
                Some(MailState::Undelivered),
            ),
            (vec![sending(0, &[])], Some(MailState::NotSent)),
        ] {
            assert_eq!(MailState::of(&sendings), state, "{sendings:?}");
        }
    }

    #[test]
    fn a_suppressed_mailbox_is_skipped_however_it_is_written() {
        let (ana, finance) = (address("Ana@example.com"), address("finance@example.com"));
        let rules = MailRules {
            suppressed: vec![address("ana@EXAMPLE.com")],
            cc_domains: None,
        };
        let split = rules.split(&ana, std::slice::from_ref(&finance));
        assert_eq!(split, (vec![finance], vec![ana]));
    }

    #[test]
    fn copies_go_to_the_domains_that_they_may_and_the_requesters_mail_goes_anywhere() {
        let ana = address("ana@elsewhere.example");
        let cc = ["finance@example.com", "bob@elsewhere.example"].map(address);
        let rules = MailRules {
            suppressed: vec![],
            cc_domains: Some(CcDomains::parse(&["example.com"]).unwrap()),
        };
        let (written_to, skipped) = rules.split(&ana, &cc);
        assert_eq!(written_to, [ana.clone(), cc[0].clone()]);
        assert_eq!(skipped, cc[1..]);
        let all = MailRules::default().split(&ana, &cc);
        let everybody = [&[ana], &cc[..]].concat();
        assert_eq!(all, (everybody, vec![]));
    }
}
