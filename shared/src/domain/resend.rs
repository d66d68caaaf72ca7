//! How often an export's email may be sent again.

use jiff::{SignedDuration, Timestamp};

/// Most times within [`WINDOW`].
pub const MOST_RESENDS: usize = 10;

const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Whether the email may be sent once more at `now`, given when it was sent again before, in order of time.
///
/// Returns the times to remember, [`MOST_RESENDS`] at most, or how long to wait.
pub fn admit(resends: &[Timestamp], now: Timestamp) -> Result<Vec<Timestamp>, SignedDuration> {
    let mut recent: Vec<_> = resends
        .iter()
        .copied()
        .filter(|time| *time + WINDOW > now)
        .collect();
    match recent.len().checked_sub(MOST_RESENDS) {
        Some(surplus) => Err((recent[surplus] + WINDOW).duration_since(now)),
        None => {
            recent.push(now);
            Ok(recent)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::at;

    #[test]
    fn ten_an_hour_and_then_when_the_first_is_an_hour_old() {
        let mut resends = vec![];
        for minute in 0..10 {
            resends = admit(&resends, at(&format!("2026-11-20T09:{minute:02}:00Z"))).unwrap();
        }
        let wait = admit(&resends, at("2026-11-20T09:45:00Z")).unwrap_err();
        assert_eq!(wait, SignedDuration::from_mins(15));
        let resends = admit(&resends, at("2026-11-20T10:00:00Z")).unwrap();
        assert_eq!(resends.len(), 10);
        assert!(admit(&resends, at("2026-11-20T10:00:30Z")).is_err());
    }
}
