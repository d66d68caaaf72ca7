//! What to read for an export, and what its file looks like.

use engine::{Column, Decoder, Dialect, Format};

use crate::{
    aws::{
        AwsError,
        ledger::{Lane, Layout, LedgerQuery, LedgerTable},
    },
    domain::{
        dataset::{self, Kind},
        export::Export,
        file_format::{Locale, Profile},
        selection::Selection,
    },
    items::ledger::{CREATED_AT, POSITION},
};

/// The lanes of the ledger that hold an export's records, and how they become its file.
pub struct Plan {
    pub lanes: Vec<Lane>,
    pub query: LedgerQuery,
    pub decoder: Decoder,
}

impl Plan {
    pub async fn of(export: &Export, ledger: &LedgerTable) -> Result<Self, AwsError> {
        let layout = ledger.layout(&export.tenant_id, export.dataset()).await?;
        Ok(Self::with(export, layout))
    }

    /// The plan where the records are stored so; `None` if none was ever written.
    pub fn with(export: &Export, layout: Option<Layout>) -> Self {
        let dataset = export.dataset();
        let selection = Selection::of(export);
        let columns: Vec<_> = export.columns().into_iter().map(in_file).collect();
        let decoder_of = if dataset.has_money() {
            Decoder::new
        } else {
            Decoder::without_money
        };
        let decoder = decoder_of(&columns, POSITION, dialect(export.profile()));
        let lanes = match &layout {
            Some(layout) if !selection.is_empty() => {
                layout.lanes(&export.tenant_id, dataset, &selection.source)
            }
            _ => Vec::new(),
        };
        Self {
            lanes,
            query: LedgerQuery::new(&selection, decoder.attributes().iter().copied()),
            decoder,
        }
    }
}

fn in_file(column: &dataset::Column) -> Column {
    Column {
        name: column.name,
        format: format(column),
    }
}

fn dialect(profile: Profile) -> Dialect {
    match profile {
        Profile::Standard => Dialect::STANDARD,
        Profile::Spreadsheet(Locale::English) => Dialect::ENGLISH,
        Profile::Spreadsheet(Locale::French) => Dialect::FRENCH,
        Profile::Spreadsheet(Locale::German) => Dialect::GERMAN,
        Profile::Spreadsheet(Locale::Spanish) => Dialect::SPANISH,
    }
}

/// The time of creation is stored with milliseconds; the file shows it without them.
fn format(column: &dataset::Column) -> Format {
    match column {
        column if column.name == CREATED_AT => Format::Seconds,
        column if column.is_guarded => Format::Guarded,
        column => match column.kind {
            Kind::Amount => Format::Amount,
            Kind::Time => Format::Time,
            _ => Format::Verbatim,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dataset::{FUNDING_TRANSFERS, SUPPLIER_PAYOUTS};

    #[test]
    fn text_is_guarded_the_time_of_creation_cut_and_amounts_are_known() {
        let formats: Vec<_> = FUNDING_TRANSFERS.columns.iter().map(format).collect();
        assert_eq!(
            formats[..4],
            [
                Format::Verbatim,
                Format::Seconds,
                Format::Verbatim,
                Format::Amount
            ]
        );
        assert_eq!(formats[7..10], [Format::Guarded; 3]);
        let period = SUPPLIER_PAYOUTS.column("periodStart").unwrap();
        assert_eq!(format(period), Format::Time);
    }
}
