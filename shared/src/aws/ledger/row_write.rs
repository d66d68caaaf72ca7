//! The expressions and items of one change of a record.

use std::cell::OnceCell;

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{AttributeValue, BatchStatementRequest, ReturnValuesOnConditionCheckFailure},
};

use super::placeholders::Placeholders;
use crate::{
    domain::{
        change::{Change, Content},
        received::Received,
        record::Record,
        shard::shard_of,
    },
    items::{
        ledger::{
            AMOUNT_VALUE, CONTACT_PARTITION, Item, PARTITION, POSITION, RECEIVED_AT, SORT,
            SUPPLIER_PARTITION, VERSION, VISIBLE_FROM, partition, position, record_attributes,
        },
        ledger_head::{Head, MOVES, ROW, version_value},
    },
};

/// A change with the keys and attributes that it has in the ledger.
pub struct RowWrite<'a> {
    pub change: &'a Change,
    partition: String,
    attributes: OnceCell<Item>,
}

impl<'a> RowWrite<'a> {
    /// A change in a ledger of `shards` shards.
    pub fn new(change: &'a Change, shards: u32) -> Self {
        let shard = shard_of(change.id(), shards);
        Self {
            change,
            partition: partition(&change.tenant_id, change.dataset(), shard),
            attributes: OnceCell::new(),
        }
    }

    /// The attributes of the change's record; none for a deletion.
    pub fn attributes(&self) -> &Item {
        self.attributes.get_or_init(|| match self.record() {
            Some(record) => record_attributes(&self.change.tenant_id, record),
            None => Item::new(),
        })
    }

    /// The change's record; `None` for a deletion.
    pub fn record(&self) -> Option<&'a Record> {
        match &self.change.content {
            Content::Record(record) => Some(record),
            Content::Deleted { .. } => None,
        }
    }

    /// The shard's partition.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The key of an item of this record: of its head, whose sort key is the record's id, or of a row of its own.
    pub fn key(&self, sort: &str) -> Item {
        Item::from([
            (PARTITION.to_owned(), text(&self.partition)),
            (SORT.to_owned(), text(sort)),
        ])
    }

    /// From when on the change counts.
    pub fn counts_from(&self, received: Received) -> Received {
        let created_at = self.record().map(Record::created_at);
        created_at.map_or(received, |created_at| received.of(created_at))
    }

    /// A row that begins with this change.
    pub fn row(&self, sort: &str, received: Received) -> Item {
        let counts_from = second(self.counts_from(received));
        let mut item = self.key(sort);
        item.extend(self.attributes().clone());
        item.extend(self.position(sort));
        item.insert(RECEIVED_AT.to_owned(), counts_from.clone());
        item.insert(VISIBLE_FROM.to_owned(), counts_from);
        item
    }

    /// The position of the row with this sort key.
    fn position(&self, sort: &str) -> Option<(String, AttributeValue)> {
        let position = position(self.record()?.created_at(), sort);
        Some((POSITION.to_owned(), AttributeValue::S(position)))
    }

    /// The head of a record whose row begins within it. `moves` is the number of rows of its own that it has had.
    pub fn head(&self, moves: u64, received: Received) -> Item {
        let mut item = self.row(self.change.id(), received);
        self.number_head(&mut item, moves);
        item
    }

    /// The head of a record that was deleted.
    pub fn tombstone(&self, moves: u64, received: Received) -> Item {
        let mut item = self.key(self.change.id());
        item.insert(RECEIVED_AT.to_owned(), second(received));
        self.number_head(&mut item, moves);
        item
    }

    fn number_head(&self, item: &mut Item, moves: u64) {
        if let Some(version) = self.change.version {
            item.insert(VERSION.to_owned(), version_value(version));
        }
        if moves > 0 {
            item.insert(MOVES.to_owned(), AttributeValue::N(moves.to_string()));
        }
    }

    /// A statement that updates the record if it is older, has not moved and does not move now.
    pub fn update(
        &self,
        table: &str,
        received: Received,
    ) -> Result<BatchStatementRequest, BuildError> {
        let mut statement = format!("UPDATE \"{table}\"");
        let mut parameters = Vec::new();
        let version = self.change.version.map(version_value);
        let noted = [
            (RECEIVED_AT, Some(second(self.counts_from(received)))),
            (VERSION, version.clone()),
        ];
        let noted = noted
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_ref()?)));
        let values = self
            .attributes()
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        for (name, value) in values.chain(noted) {
            statement += &format!(" SET \"{name}\" = ?");
            parameters.push(value.clone());
        }
        for name in self.other_attributes() {
            statement += &format!(" REMOVE \"{name}\"");
        }
        statement +=
            &format!(" WHERE \"{PARTITION}\" = ? AND \"{SORT}\" = ? AND \"{ROW}\" IS MISSING");
        parameters.extend([text(&self.partition), text(self.change.id())]);
        for name in [POSITION, SUPPLIER_PARTITION, CONTACT_PARTITION] {
            match self.attributes().get(name) {
                Some(value) => {
                    statement += &format!(" AND \"{name}\" = ?");
                    parameters.push(value.clone());
                }
                None => statement += &format!(" AND \"{name}\" IS MISSING"),
            }
        }
        if let Some(version) = version {
            statement += &format!(" AND \"{VERSION}\" < ?");
            parameters.push(version);
        }
        BatchStatementRequest::builder()
            .statement(statement)
            .set_parameters(Some(parameters))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
    }

    /// An expression that gives the row with this sort key the values of this change, and its version if the row is within
    /// the head. A row that exists keeps the second from which on it is visible.
    pub fn assignments(
        &self,
        placeholders: &mut Placeholders,
        sort: &str,
        received: Received,
    ) -> String {
        let mut attributes = self.attributes().clone();
        attributes.extend(self.position(sort));
        let mut sets: Vec<_> = attributes
            .into_iter()
            .map(|(name, value)| assignment(placeholders, &name, value))
            .collect();
        let counts_from = second(self.counts_from(received));
        sets.push(assignment(placeholders, RECEIVED_AT, counts_from.clone()));
        let visible_from = placeholders.name(VISIBLE_FROM);
        let now = placeholders.value(counts_from);
        sets.push(format!(
            "{visible_from} = if_not_exists({visible_from}, {now})"
        ));
        if sort == self.change.id() {
            sets.extend(self.version(placeholders));
        }
        update_expression(placeholders, &sets, self.other_attributes())
    }

    /// An expression that leaves a head without its row.
    pub fn removal(&self, placeholders: &mut Placeholders, received: Received) -> String {
        let mut sets = vec![assignment(placeholders, RECEIVED_AT, second(received))];
        sets.extend(self.version(placeholders));
        let removed = self.other_attributes().chain([POSITION, VISIBLE_FROM]);
        update_expression(placeholders, &sets, removed)
    }

    /// An assignment of the change's version, if it has one.
    pub fn version(&self, placeholders: &mut Placeholders) -> Option<String> {
        let version = version_value(self.change.version?);
        Some(assignment(placeholders, VERSION, version))
    }

    /// A condition: the record is not known; or it has not moved, does not move now, and is older.
    pub fn is_new_or_older_in_place(&self, placeholders: &mut Placeholders) -> String {
        let (sort, row) = (placeholders.name(SORT), placeholders.name(ROW));
        let place = [POSITION, SUPPLIER_PARTITION, CONTACT_PARTITION]
            .map(|name| self.equals(placeholders, name));
        let older = self.is_older(placeholders);
        format!(
            "attribute_not_exists({sort}) OR (attribute_not_exists({row}) AND {} AND {older})",
            place.join(" AND ")
        )
    }

    /// A condition: the record is not known; or it has not moved, and is older.
    pub fn is_new_or_older(&self, placeholders: &mut Placeholders) -> String {
        let (sort, row) = (placeholders.name(SORT), placeholders.name(ROW));
        let older = self.is_older(placeholders);
        format!("attribute_not_exists({sort}) OR (attribute_not_exists({row}) AND {older})")
    }

    fn is_older(&self, placeholders: &mut Placeholders) -> String {
        let known = placeholders.name(VERSION);
        match self.change.version {
            Some(version) => {
                let version = placeholders.value(version_value(version));
                format!("(attribute_not_exists({known}) OR {known} < {version})")
            }
            None => {
                let columns = self.change.dataset().columns.iter();
                let same: Vec<_> = columns
                    .map(|column| self.equals(placeholders, column.name))
                    .collect();
                format!(
                    "attribute_not_exists({known}) AND NOT ({})",
                    same.join(" AND ")
                )
            }
        }
    }

    /// A condition: an attribute is as the change has it.
    fn equals(&self, placeholders: &mut Placeholders, name: &str) -> String {
        equals(placeholders, name, self.attributes().get(name))
    }

    /// The attributes that rows of the dataset may have and this one has not.
    fn other_attributes(&self) -> impl Iterator<Item = &'static str> {
        let columns = self.change.dataset().columns.iter();
        columns
            .map(|column| column.name)
            .chain([AMOUNT_VALUE, SUPPLIER_PARTITION, CONTACT_PARTITION])
            .filter(|name| !self.attributes().contains_key(*name))
    }
}

fn update_expression<'n>(
    placeholders: &mut Placeholders,
    sets: &[String],
    removed: impl Iterator<Item = &'n str>,
) -> String {
    let removed: Vec<_> = removed.map(|name| placeholders.name(name)).collect();
    let mut expression = format!("SET {}", sets.join(", "));
    if !removed.is_empty() {
        expression += &format!(" REMOVE {}", removed.join(", "));
    }
    expression
}

/// A condition: a head is what it was when it was read.
pub fn is_still(head: &Head, placeholders: &mut Placeholders) -> String {
    [VERSION, ROW, POSITION, RECEIVED_AT]
        .map(|name| equals(placeholders, name, head.item.get(name)))
        .join(" AND ")
}

pub fn assignment(placeholders: &mut Placeholders, name: &str, value: AttributeValue) -> String {
    let (name, value) = (placeholders.name(name), placeholders.value(value));
    format!("{name} = {value}")
}

fn equals(placeholders: &mut Placeholders, name: &str, value: Option<&AttributeValue>) -> String {
    let name = placeholders.name(name);
    match value {
        Some(value) => format!("{name} = {}", placeholders.value(value.clone())),
        None => format!("attribute_not_exists({name})"),
    }
}

pub fn second(received: Received) -> AttributeValue {
    AttributeValue::N(received.second().to_string())
}

pub fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{dataset::MARKETPLACE_PAYOUTS, record::Record, time::parse};

    fn change(version: Option<u64>) -> Change {
        let values = [
            ("payoutId", "po_1"),
            ("createdAt", "2026-05-01T00:00:00Z"),
            ("status", "SETTLED"),
            ("amount", "5.00"),
            ("currency", "EUR"),
        ];
        Change {
            version,
            ..Change::unversioned("t", Record::check(&MARKETPLACE_PAYOUTS, values).unwrap())
        }
    }

    fn received() -> Received {
        Received::after(
            parse("2026-05-01T00:00:00Z").unwrap(),
            std::time::Duration::ZERO,
        )
    }

    #[test]
    fn a_change_updates_only_what_is_older_and_stays_where_it_is() {
        let change = change(Some(7));
        let mut placeholders = Placeholders::default();
        let condition = RowWrite::new(&change, 16).is_new_or_older_in_place(&mut placeholders);
        assert_eq!(
            condition,
            "attribute_not_exists(#sort) OR (attribute_not_exists(#row) AND #position = :value0 \
             AND attribute_not_exists(#supplierPartition) AND attribute_not_exists(#contactPartition) \
             AND (attribute_not_exists(#version) OR #version < :value1))"
        );
    }

    #[test]
    fn a_row_without_a_version_is_updated_only_if_it_differs() {
        let change = change(None);
        let mut placeholders = Placeholders::default();
        let condition = RowWrite::new(&change, 16).is_new_or_older(&mut placeholders);
        assert!(condition.contains(
            "attribute_not_exists(#version) AND NOT (#payoutId = :value0 AND #createdAt = :value1"
        ));
        assert!(condition.ends_with("AND attribute_not_exists(#failureReason)))"));
    }

    #[test]
    fn an_update_removes_what_the_record_no_longer_has() {
        let change = change(Some(7));
        let mut placeholders = Placeholders::default();
        let update = RowWrite::new(&change, 16).assignments(&mut placeholders, "po_1", received());
        let (set, removed) = update.split_once(" REMOVE ").unwrap();
        assert!(set.contains("#visibleFrom = if_not_exists(#visibleFrom, :value"));
        assert!(!set.contains("#reference") && removed.contains("#reference"));
        assert!(removed.contains("#supplierPartition"));
    }

    #[test]
    fn the_version_stands_in_the_head_only() {
        let change = change(Some(7));
        let write = RowWrite::new(&change, 16);
        for (sort, is_head) in [("po_1", true), ("po_1#1", false)] {
            let update = write.assignments(&mut Placeholders::default(), sort, received());
            assert_eq!(update.contains("#version = "), is_head, "{sort}");
        }
    }

    #[test]
    fn no_two_rows_of_a_record_have_the_same_position() {
        let change = change(Some(7));
        let write = RowWrite::new(&change, 16);
        let position = |sort| {
            write.row(sort, received())[POSITION]
                .as_s()
                .unwrap()
                .clone()
        };
        assert_eq!(position("po_1"), "2026-05-01T00:00:00Z#po_1");
        assert_eq!(position("po_1#2"), "2026-05-01T00:00:00Z#po_1#2");
        // It stands where its record does: behind all records before it, and before all behind it.
        assert!(position("po_1") < position("po_1#1"));
        for next in ["po_1-", "po_1.", "po_10", "po_1a"] {
            assert!(position("po_1#9") < position(next), "{next}");
        }
        let mut placeholders = Placeholders::default();
        write.assignments(&mut placeholders, "po_1#2", received());
        let values: Vec<_> = placeholders.values.into_values().collect();
        assert!(values.contains(&text("2026-05-01T00:00:00Z#po_1#2")));
        assert!(!values.contains(&text("2026-05-01T00:00:00Z#po_1")));
    }

    #[test]
    fn a_deletion_leaves_the_version_and_nothing_of_the_row() {
        let dataset = &MARKETPLACE_PAYOUTS;
        let id = "po_1".to_owned();
        let deletion = Change {
            content: Content::Deleted { dataset, id },
            ..change(Some(7))
        };
        let mut placeholders = Placeholders::default();
        let removal = RowWrite::new(&deletion, 16).removal(&mut placeholders, received());
        let (set, removed) = removal.split_once(" REMOVE ").unwrap();
        assert_eq!(set, "SET #receivedAt = :value0, #version = :value1");
        for name in dataset
            .columns
            .iter()
            .map(|column| column.name)
            .chain([POSITION, AMOUNT_VALUE])
        {
            assert!(
                removed
                    .split(", ")
                    .any(|removed| removed == format!("#{name}")),
                "{name}"
            );
        }
        assert!(!removed.contains("moves"));
    }

    #[test]
    fn an_update_has_a_parameter_for_each_value_and_moves_nothing() {
        let change = change(Some(7));
        let update = RowWrite::new(&change, 16)
            .update("ledger", received())
            .unwrap();
        let (values, condition) = update.statement().split_once(" WHERE ").unwrap();
        assert!(values.starts_with("UPDATE \"ledger\" SET \""));
        assert!(
            values.contains(" SET \"version\" = ?") && values.contains(" REMOVE \"reference\"")
        );
        assert_eq!(
            condition,
            "\"partition\" = ? AND \"sort\" = ? AND \"row\" IS MISSING AND \"position\" = ? \
             AND \"supplierPartition\" IS MISSING AND \"contactPartition\" IS MISSING AND \"version\" < ?"
        );
        let placeholders = update.statement().matches('?').count();
        assert_eq!(placeholders, update.parameters().len());
    }
}
