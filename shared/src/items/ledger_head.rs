//! What the ledger knows of a record's id, and what a change of the record does to it.
//!
//! The item under a record's id is its *head*. Mostly it is also the record's *row*, which exports read. A row never
//! moves: an export that is being made could read a record at both of its places, or at neither. If a change moves a
//! record (to another time of creation, supplier or contact), the row stays as it was for the exports that were requested
//! before, and a second row, `{id}#{number}`, is there for those that are requested later. The head then names that row.
//! Where a record was deleted, the head remains with its version, so that an older change cannot bring the record back.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    UnreadableItem,
    ledger::{
        CONTACT_PARTITION, Item, PARTITION, POSITION, RECEIVED_AT, SORT, SUPPLIER_PARTITION,
        TIME_TO_LIVE, VERSION, VISIBLE_FROM, VISIBLE_UNTIL,
    },
};
use crate::domain::change::{Change, Content};

/// On a head whose record has moved: the sort key of its row.
pub const ROW: &str = "row";
/// On a head whose record has moved: the [`Place`] of its row.
pub const ROW_PLACE: &str = "rowPlace";
/// On a head: how many rows of their own its record has had. It never decreases, so that no row's key comes twice.
pub const MOVES: &str = "moves";

/// Where exports find a row: its position, and its partitions in the indexes by supplier and by contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(String);

/// The state of a record's id.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub version: Option<u64>,
    /// The place of the row within the head; `None` if the record was deleted.
    pub place: Option<Place>,
    /// The sort key and the place of the row, if the record has moved.
    pub row: Option<(String, Place)>,
    pub moves: u64,
    pub item: Item,
}

/// What a change does to what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The change is older than what is there, or the same.
    Nothing,
    /// The row within the head takes the new values.
    Update,
    /// The row outside of the head takes the new values.
    UpdateRow { row: String },
    /// The head becomes the row of a record that did not exist.
    Restore,
    /// The row `from`, or the one within the head, ends, and the row `to` begins.
    Move {
        from: Option<String>,
        to: String,
        moves: u64,
    },
    /// The head remains without a row. `row` is the one outside of it.
    Delete { row: Option<String> },
}

impl Place {
    /// The place of a row with these attributes; `None` without a position.
    pub fn of(attributes: &Item) -> Option<Self> {
        let text = |name: &str| Some(attributes.get(name)?.as_s().ok()?.as_str());
        let position = text(POSITION)?;
        let supplier = text(SUPPLIER_PARTITION).unwrap_or_default();
        let contact = text(CONTACT_PARTITION).unwrap_or_default();
        Some(Self(format!("{position}\n{supplier}\n{contact}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Item> for Head {
    type Error = UnreadableItem;

    fn try_from(item: Item) -> Result<Self, UnreadableItem> {
        let number = |name: &str| -> Result<Option<u64>, UnreadableItem> {
            let value = item.get(name).map(|value| {
                let digits = value.as_n().ok()?;
                digits.parse().ok()
            });
            match value {
                None => Ok(None),
                Some(Some(number)) => Ok(Some(number)),
                Some(None) => Err(UnreadableItem(format!("the {name} of a record"))),
            }
        };
        let text = |name: &str| Some(item.get(name)?.as_s().ok()?.clone());
        Ok(Self {
            version: number(VERSION)?,
            place: Place::of(&item),
            row: text(ROW).zip(text(ROW_PLACE).map(Place)),
            moves: number(MOVES)?.unwrap_or_default(),
            item,
        })
    }
}

impl Head {
    /// What a change does here. `attributes` are those of the change's record; see [`super::ledger::record_attributes`].
    pub fn next(&self, change: &Change, attributes: &Item) -> Next {
        let is_newer = match (change.version, self.version) {
            (None, None) => !self.is_same(change, attributes),
            (None, Some(_)) => false,
            (Some(_), None) => true,
            (Some(new), Some(old)) => new > old,
        };
        if !is_newer {
            return Next::Nothing;
        }
        if matches!(change.content, Content::Deleted { .. }) {
            let row = self.row.as_ref().map(|(row, _)| row.clone());
            return Next::Delete { row };
        }
        let place = Place::of(attributes);
        let moves = self.moves + 1;
        let to = format!("{}#{moves}", change.id());
        match &self.row {
            Some((row, at)) if Some(at) == place.as_ref() => Next::UpdateRow { row: row.clone() },
            Some((row, _)) => Next::Move {
                from: Some(row.clone()),
                to,
                moves,
            },
            None if self.place.is_none() => Next::Restore,
            None if self.place == place => Next::Update,
            None => Next::Move {
                from: None,
                to,
                moves,
            },
        }
    }

    /// Whether the row within the head is the current one and says the same of the record, as the condition of an update
    /// compares them: by the dataset's columns.
    fn is_same(&self, change: &Change, attributes: &Item) -> bool {
        let mut columns = change.dataset().columns.iter();
        self.row.is_none()
            && self.place.is_some()
            && columns.all(|column| self.item.get(column.name) == attributes.get(column.name))
    }
}

/// Whether an attribute does not come from the record but from the writer.
pub fn is_writers_own(name: &str) -> bool {
    [
        PARTITION,
        SORT,
        VERSION,
        RECEIVED_AT,
        VISIBLE_FROM,
        VISIBLE_UNTIL,
        TIME_TO_LIVE,
        MOVES,
        ROW,
        ROW_PLACE,
    ]
    .contains(&name)
}

/// A version as DynamoDB holds it.
pub fn version_value(version: u64) -> AttributeValue {
    AttributeValue::N(version.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{dataset::FUNDING_TRANSFERS, record::Record},
        items::ledger::{AMOUNT_VALUE, record_attributes},
    };

    fn change(version: Option<u64>, created_at: &str, supplier: &str, amount: &str) -> Change {
        let values = [
            ("transferId", "trf_1"),
            ("createdAt", created_at),
            ("status", "COMPLETED"),
            ("amount", amount),
            ("currency", "EUR"),
            ("sourceBalanceAccountType", "MARKETPLACE"),
            ("targetBalanceAccountType", "SUPPLIER"),
            ("supplierExternalId", supplier),
        ];
        Change {
            version,
            ..Change::unversioned("t", Record::check(&FUNDING_TRANSFERS, values).unwrap())
        }
    }

    fn deletion(version: u64) -> Change {
        let dataset = &FUNDING_TRANSFERS;
        let id = "trf_1".to_owned();
        Change {
            version: Some(version),
            content: Content::Deleted { dataset, id },
            ..change(None, JANUARY, "S", "1")
        }
    }

    fn attributes(change: &Change) -> Item {
        match &change.content {
            Content::Record(record) => record_attributes("t", record),
            Content::Deleted { .. } => Item::new(),
        }
    }

    /// The head whose own row is this change's.
    fn head(change: &Change) -> Head {
        let mut item = attributes(change);
        item.extend(
            change
                .version
                .map(|version| (VERSION.to_owned(), version_value(version))),
        );
        Head::try_from(item).unwrap()
    }

    /// The head of a record that has moved to the row of this change.
    fn moved(first: &Change, then: &Change) -> Head {
        let mut item = head(first).item;
        let place = Place::of(&attributes(then)).unwrap();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        item.insert(ROW.to_owned(), text("trf_1#1"));
        item.insert(ROW_PLACE.to_owned(), text(place.as_str()));
        item.insert(MOVES.to_owned(), AttributeValue::N("1".to_owned()));
        item.insert(VERSION.to_owned(), version_value(then.version.unwrap()));
        Head::try_from(item).unwrap()
    }

    fn next(head: &Head, change: &Change) -> Next {
        head.next(change, &attributes(change))
    }

    const JANUARY: &str = "2026-01-31T00:00:00Z";
    const MAY: &str = "2026-05-31T00:00:00Z";

    #[test]
    fn only_a_greater_version_changes_a_record() {
        let head = head(&change(Some(5), JANUARY, "S", "1"));
        assert_eq!(
            next(&head, &change(Some(6), JANUARY, "S", "2")),
            Next::Update
        );
        for version in [None, Some(0), Some(4), Some(5)] {
            assert_eq!(next(&head, &change(version, MAY, "T", "2")), Next::Nothing);
        }
        assert_eq!(next(&head, &deletion(5)), Next::Nothing);
        assert_eq!(next(&head, &deletion(6)), Next::Delete { row: None });
    }

    #[test]
    fn records_without_versions_replace_each_other_if_they_differ() {
        let head = head(&change(None, JANUARY, "S", "1"));
        assert_eq!(next(&head, &change(None, JANUARY, "S", "1")), Next::Nothing);
        assert_eq!(
            next(&head, &change(None, JANUARY, "S", "1.0")),
            Next::Update
        );
        assert_eq!(
            next(&head, &change(Some(0), JANUARY, "S", "1")),
            Next::Update
        );
    }

    #[test]
    fn a_number_is_the_same_without_the_zeros_that_dynamodb_drops() {
        let unchanged = change(None, JANUARY, "S", "1.50");
        let mut stored = head(&unchanged).item;
        let shown = AttributeValue::N("1.5".to_owned());
        stored.insert(AMOUNT_VALUE.to_owned(), shown);
        let head = Head::try_from(stored).unwrap();
        assert_eq!(next(&head, &unchanged), Next::Nothing);
    }

    #[test]
    fn a_record_with_another_time_or_supplier_moves_to_a_row_of_its_own() {
        let head = head(&change(Some(1), JANUARY, "S", "1"));
        let to_first_row = Next::Move {
            from: None,
            to: "trf_1#1".to_owned(),
            moves: 1,
        };
        for moving in [
            change(Some(2), MAY, "S", "1"),
            change(Some(2), JANUARY, "T", "1"),
        ] {
            assert_eq!(next(&head, &moving), to_first_row);
        }
        // Within the second that files show, a record stays where it is.
        let later = change(Some(2), "2026-01-31T00:00:00.9Z", "S", "1");
        assert_eq!(next(&head, &later), Next::Update);
    }

    #[test]
    fn a_record_that_has_moved_is_changed_where_it_is_now() {
        let head = moved(
            &change(Some(1), JANUARY, "S", "1"),
            &change(Some(2), MAY, "S", "1"),
        );
        let row = "trf_1#1".to_owned();
        assert_eq!(
            next(&head, &change(Some(3), MAY, "S", "9")),
            Next::UpdateRow { row: row.clone() }
        );
        // Also on the way back to where it was first.
        assert_eq!(
            next(&head, &change(Some(3), JANUARY, "S", "9")),
            Next::Move {
                from: Some(row.clone()),
                to: "trf_1#2".to_owned(),
                moves: 2
            }
        );
        assert_eq!(next(&head, &deletion(3)), Next::Delete { row: Some(row) });
        assert_eq!(next(&head, &deletion(2)), Next::Nothing);
    }

    #[test]
    fn a_deleted_record_comes_back_only_by_a_greater_version() {
        let tombstone = Item::from([(VERSION.to_owned(), version_value(7))]);
        let head = Head::try_from(tombstone).unwrap();
        assert_eq!(
            next(&head, &change(Some(7), JANUARY, "S", "1")),
            Next::Nothing
        );
        assert_eq!(next(&head, &change(None, JANUARY, "S", "1")), Next::Nothing);
        assert_eq!(
            next(&head, &change(Some(8), JANUARY, "S", "1")),
            Next::Restore
        );
    }
}
