//! Whether a mail arrived: what the mail service tells of it, for each of its recipients.

use std::collections::BTreeMap;

use jiff::Timestamp;
use strum::{Display, EnumString, IntoStaticStr};

use super::address::EmailAddress;

/// What became of a mail to one recipient. A later one of these outweighs an earlier one, in whatever order they are told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ArrivalState {
    /// The mail service is still trying.
    Delayed,
    /// Given up for a reason that may pass, such as a full mailbox. Absence notes are told as this, too, so a delivery
    /// outweighs it.
    SoftBounced,
    /// The recipient's server took it.
    Delivered,
    /// The recipient's server refused it for good, perhaps after it had taken it.
    Bounced,
    /// The mail service did not send it.
    Rejected,
    /// It arrived, and its recipient reported it as spam.
    Complained,
}

/// A state, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub state: ArrivalState,
    pub at: Timestamp,
}

/// What is known of a mail, by recipient as the mail names them.
pub type Arrivals = BTreeMap<String, Arrival>;

impl ArrivalState {
    /// Whether the address must not be written to again.
    pub fn suppresses(self) -> bool {
        matches!(self, ArrivalState::Bounced | ArrivalState::Complained)
    }
}

impl Arrival {
    /// What is known once both are: the weightier state or, of the same state, its first instant.
    fn or(self, other: Self) -> Self {
        match self.state.cmp(&other.state) {
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Equal if other.at < self.at => other,
            std::cmp::Ordering::Equal => self,
        }
    }
}

/// What is known of a mail to these recipients after it was told that it is so with these addresses. Addresses that the
/// mail did not go to are left out. Told twice, or in another order, the same is known.
pub fn learn(
    known: &Arrivals,
    recipients: &[EmailAddress],
    addresses: &[String],
    told: Arrival,
) -> Arrivals {
    let mut arrivals = known.clone();
    for recipient in recipients {
        let is_told = |address: &String| recipient.as_str().eq_ignore_ascii_case(address);
        if addresses.iter().any(is_told) {
            arrivals
                .entry(recipient.to_string())
                .and_modify(|known| *known = known.or(told))
                .or_insert(told);
        }
    }
    arrivals
}

#[cfg(test)]
mod tests {
    use super::{ArrivalState::*, *};
    use crate::domain::time::parse;

    fn told(state: ArrivalState, second: u32) -> Arrival {
        Arrival {
            state,
            at: parse(&format!("2026-11-20T09:30:{second:02}Z")).unwrap(),
        }
    }

    fn after(events: &[Arrival]) -> Arrival {
        let ana = EmailAddress::parse("ana@example.com").unwrap();
        let known = events.iter().fold(Arrivals::new(), |known, told| {
            let address = "ANA@example.com".to_owned();
            learn(&known, std::slice::from_ref(&ana), &[address], *told)
        });
        assert_eq!(known.len(), 1);
        known["ana@example.com"]
    }

    #[test]
    fn the_order_in_which_events_come_does_not_matter() {
        for (events, known) in [
            ([told(Delayed, 1), told(Delivered, 2)], told(Delivered, 2)),
            (
                [told(SoftBounced, 1), told(Delivered, 2)],
                told(Delivered, 2),
            ),
            // An absence note.
            (
                [told(Delivered, 1), told(SoftBounced, 2)],
                told(Delivered, 1),
            ),
            // The server took it, and found later that it knows no such mailbox.
            ([told(Delivered, 1), told(Bounced, 2)], told(Bounced, 2)),
            (
                [told(Delivered, 1), told(Complained, 9)],
                told(Complained, 9),
            ),
            ([told(Delayed, 5), told(Delayed, 1)], told(Delayed, 1)),
        ] {
            let [first, second] = events;
            assert_eq!(after(&[first, second]), known);
            assert_eq!(after(&[second, first]), known);
            assert_eq!(after(&[first, second, first, second]), known);
        }
    }

    #[test]
    fn nothing_is_learned_of_others() {
        let recipients = ["ana@example.com", "finance@example.com"]
            .map(|address| EmailAddress::parse(address).unwrap());
        let addresses = ["finance@example.com", "eve@example.com"].map(str::to_owned);
        let known = learn(&Arrivals::new(), &recipients, &addresses, told(Bounced, 1));
        assert_eq!(known.keys().collect::<Vec<_>>(), ["finance@example.com"]);
    }
}
