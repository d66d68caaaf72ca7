//! How many exports of a tenant are made at once.
//!
//! Each export that is being made holds a slot of its tenant, until a time by which its invocation has ended in any case. So
//! a process that dies keeps a slot no longer than it could have lived, and no count can drift.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The slots of a tenant that are taken: by export id, and until when (Unix milliseconds).
pub type Taken = BTreeMap<String, i64>;

/// How an export can get a slot that it was refused, given what was there.
#[derive(Debug, PartialEq, Eq)]
pub enum Taking {
    /// No export of the tenant has had a slot yet.
    First,
    /// There is room after all: others have ended meanwhile.
    Again,
    /// The holder of this slot is over; the slot may be taken from it.
    From { export_id: String, until: i64 },
    /// Every slot has a holder that may be at work.
    Full,
}

/// What to do after a slot was refused. `None` means that the tenant has no slots recorded.
pub fn taking(taken: Option<&Taken>, most: usize, now: Timestamp) -> Taking {
    let Some(taken) = taken else {
        return Taking::First;
    };
    if taken.len() < most {
        return Taking::Again;
    }
    let longest_over = taken
        .iter()
        .filter(|(_, until)| **until <= now.as_millisecond())
        .min_by_key(|(_, until)| **until);
    match longest_over {
        Some((export_id, until)) => Taking::From {
            export_id: export_id.clone(),
            until: *until,
        },
        None => Taking::Full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_780_000_000_000;

    fn taken(until: &[i64]) -> Taken {
        (0..)
            .map(|number| format!("exp_{number}"))
            .zip(until.iter().copied())
            .collect()
    }

    fn taking_of(taken: Option<&Taken>) -> Taking {
        taking(taken, 3, Timestamp::from_millisecond(NOW).unwrap())
    }

    #[test]
    fn a_tenant_begins_without_slots() {
        assert_eq!(taking_of(None), Taking::First);
        assert_eq!(taking_of(Some(&taken(&[]))), Taking::Again);
    }

    #[test]
    fn where_every_holder_may_be_at_work_an_export_waits() {
        assert_eq!(taking_of(Some(&taken(&[NOW + 1; 3]))), Taking::Full);
        // A limit that was lowered meanwhile.
        assert_eq!(taking_of(Some(&taken(&[NOW + 1; 5]))), Taking::Full);
        assert_eq!(taking_of(Some(&taken(&[NOW + 1; 2]))), Taking::Again);
    }

    #[test]
    fn the_slot_of_a_process_that_died_is_taken_from_it() {
        let found = taking_of(Some(&taken(&[NOW + 1, NOW - 5, NOW])));
        let expected = Taking::From {
            export_id: "exp_1".to_owned(),
            until: NOW - 5,
        };
        assert_eq!(found, expected);
    }
}
