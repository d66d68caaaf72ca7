//! What can be exported, as data. The values are made from the files in `datasets/` when this crate is compiled.

mod column;
mod filter;

pub use column::{Column, Kind};
pub use filter::{Filter, FilterTest};

use super::{caller::RoleName, record::AMOUNT};

include!(concat!(env!("OUT_DIR"), "/datasets.rs"));

/// One kind of record that can be exported, and all that is particular to it.
#[derive(Debug)]
pub struct Dataset {
    /// The export's `type`, and the records' in the ledger: `FUNDING_TRANSFERS`.
    pub export_type: &'static str,
    /// In paths, permissions and file names: `funding-transfers`.
    pub slug: &'static str,
    /// For people: `Funding transfers`.
    pub title: &'static str,
    /// The last character of its exports' ids.
    pub letter: char,
    /// The HTTP status that answers an accepted request.
    pub accepted: u16,
    pub roles: &'static [RoleName],
    /// What a key needs to create and to see exports, if it is no permission of the dataset's own: `audit:read`.
    pub permission: Option<&'static str>,
    /// Whether its records are what this stack itself has done, which nobody else may write.
    pub is_internal: bool,
    pub visibility: Visibility,
    /// The columns of the file, in order.
    pub columns: &'static [Column],
    /// Where the columns are that every write reads.
    pub places: Places,
    /// Two columns of MARKETPLACE or SUPPLIER: a record names its supplier if, and only if, exactly one is SUPPLIER.
    pub supplier_side_of: Option<[&'static str; 2]>,
    /// The statuses of records that may have a `failureReason`.
    pub failures: &'static [&'static str],
    /// What a request may filter by.
    pub filters: &'static [Filter],
}

/// Places among a dataset's columns; `None` for a column that it does not have. To look names up for each record would be
/// a tenth of what it costs to write one.
#[derive(Debug)]
pub struct Places {
    /// Of the column that identifies a record.
    pub id: usize,
    pub created_at: usize,
    pub amount: Option<usize>,
    /// Of the column that names the supplier whom a record belongs to.
    pub supplier: Option<usize>,
    pub supplier_name: Option<usize>,
    /// Of the contact's id.
    pub contact: Option<usize>,
}

/// Why the records of an internal dataset cannot be loaded. It follows what named the dataset.
pub const INTERNAL_RULE: &str =
    "must not be the audit trail: the stack itself records it, and nobody else can write it";

/// Who sees an export in lists and by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everyone of the tenant whose role and permissions admit the dataset.
    Tenant,
    /// Only the user who requested it.
    Requester,
}

impl Dataset {
    pub fn by_slug(slug: &str) -> Option<&'static Dataset> {
        ALL.into_iter().find(|dataset| dataset.slug == slug)
    }

    pub fn by_letter(letter: char) -> Option<&'static Dataset> {
        ALL.into_iter().find(|dataset| dataset.letter == letter)
    }

    /// The columns of a file that a caller of this role gets.
    pub fn columns_for(&self, role: RoleName) -> impl Iterator<Item = &'static Column> {
        self.columns
            .iter()
            .filter(move |column| !(column.is_operators_only && role == RoleName::Supplier))
    }

    pub fn filter(&self, name: &str) -> Option<&'static Filter> {
        self.filters.iter().find(|filter| filter.name == name)
    }

    /// The place of a column. It is looked for from `next` on first: records mostly have their values in the file's order.
    pub fn index_of(&self, name: &str, next: usize) -> Option<usize> {
        let expected = self.columns.get(next);
        if expected.is_some_and(|column| column.name == name) {
            return Some(next);
        }
        let mut places = (next..self.columns.len()).chain(0..next.min(self.columns.len()));
        places.find(|index| self.columns[*index].name == name)
    }

    /// The column that identifies a record.
    pub fn id_column(&self) -> &'static str {
        self.columns[self.places.id].name
    }

    /// The column that names the supplier whom a record belongs to.
    pub fn supplier_column(&self) -> Option<&'static str> {
        Some(self.columns[self.places.supplier?].name)
    }

    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether its records have an amount and a currency, and its files totals.
    pub fn has_money(&self) -> bool {
        self.column(AMOUNT).is_some()
    }

    /// The datasets whose records come from the platform.
    pub fn importable() -> impl Iterator<Item = &'static Dataset> {
        ALL.into_iter().filter(|dataset| !dataset.is_internal)
    }

    pub fn by_type(export_type: &str) -> Option<&'static Dataset> {
        ALL.into_iter()
            .find(|dataset| dataset.export_type == export_type)
    }

    /// The values that `filters.statuses` may hold.
    pub fn statuses(&self) -> &'static [&'static str] {
        self.choices("status")
    }

    /// The values that a column of choices may hold; empty for any other column.
    pub fn choices(&self, column: &str) -> &'static [&'static str] {
        match self.column(column).map(|column| column.kind) {
            Some(Kind::Choice(values)) => values,
            _ => &[],
        }
    }
}

impl PartialEq for Dataset {
    fn eq(&self, other: &Self) -> bool {
        self.export_type == other.export_type
    }
}

impl Eq for Dataset {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's table, written out: a column that is added, renamed, moved or declared as another kind fails
    /// here, so that nobody widens a file or drops a guard without saying so. `'` marks a guard, `!` what only operators
    /// get.
    #[test]
    fn the_files_have_the_columns_of_the_contract() {
        let layout = |dataset: &Dataset| {
            dataset
                .columns
                .iter()
                .map(|column| {
                    let guard = if column.is_guarded { "'" } else { "" };
                    let operators = if column.is_operators_only { "!" } else { "" };
                    format!("{guard}{}{operators} {}", column.name, word(column.kind))
                })
                .collect::<Vec<_>>()
                .join(", ")
        };
        assert_eq!(
            layout(&FUNDING_TRANSFERS),
            "transferId identifier, createdAt time, status choice, amount amount, currency currency, \
             sourceBalanceAccountType choice, targetBalanceAccountType choice, \
             'supplierExternalId text, 'supplierName text, 'reference text, relatedEntityType code, \
             relatedEntityId identifier, 'failureReason text"
        );
        assert_eq!(
            layout(&SUPPLIER_PAYOUTS),
            "payoutId identifier, createdAt time, status choice, amount amount, currency currency, \
             'supplierExternalId text, 'supplierName text, periodStart time, periodEnd time, \
             orderCount count, executedAt time, settledAt time, 'reference text, 'pspReference text, \
             'failureReason text"
        );
        assert_eq!(
            layout(&MARKETPLACE_PAYOUTS),
            "payoutId identifier, createdAt time, status choice, amount amount, currency currency, \
             commissionAmount amount, orderCount count, periodStart time, periodEnd time, \
             executedAt time, settledAt time, 'reference text, 'pspReference text, \
             'failureReason text"
        );
        assert_eq!(
            layout(&TRANSACTION_EVENTS),
            "transactionId identifier, eventId identifier, eventType code, createdAt time, \
             status choice, 'commercialOrderReference text, 'logisticOrderReference text, \
             'supplierExternalId text, 'supplierName text, 'customerAccountExternalId text, \
             'customerAccountName text, paymentMethod code, 'pspReference text, amount amount, \
             currency currency, platformCommission! amount, marketplaceCommission! amount, \
             netAmount amount, 'failureReason text"
        );
        assert_eq!(
            layout(&PAYOUTS_BY_CONTACT),
            "payoutId identifier, 'externalId text, createdAt time, sentAt time, paidAt time, \
             status choice, amount amount, currency currency, contactId identifier, \
             'contactExternalId text, 'contactName text, payoutMethod code, 'bankCode text, \
             bankAccountNumber last four, 'reference text, 'failureReason text"
        );
    }

    fn word(kind: Kind) -> &'static str {
        match kind {
            Kind::Identifier => "identifier",
            Kind::Code { .. } => "code",
            Kind::Choice(_) => "choice",
            Kind::Time => "time",
            Kind::Amount => "amount",
            Kind::Currency => "currency",
            Kind::Count => "count",
            Kind::LastFour => "last four",
            Kind::Text => "text",
        }
    }

    #[test]
    fn a_suppliers_file_leaves_the_commissions_out() {
        let names: Vec<_> = TRANSACTION_EVENTS
            .columns_for(RoleName::Supplier)
            .map(|column| column.name)
            .collect();
        assert_eq!(names.len(), TRANSACTION_EVENTS.columns.len() - 2);
        assert!(
            !names.contains(&"platformCommission") && !names.contains(&"marketplaceCommission")
        );
        assert_eq!(
            FUNDING_TRANSFERS.columns_for(RoleName::Supplier).count(),
            FUNDING_TRANSFERS.columns.len()
        );
    }
}
