//! What to read for an export, and what its file looks like.

use engine::{Column, Decoder, Format};

use crate::{
    aws::{
        AwsError,
        ledger::{Lane, LedgerQuery, LedgerTable},
    },
    domain::{dataset, export::Export, selection::Selection},
    items::ledger::{CREATED_AT, POSITION},
};

/// The lanes of the ledger that hold an export's records, and how they become its file.
pub struct Plan {
    pub lanes: Vec<Lane>,
    pub query: LedgerQuery,
    pub columns: Vec<Column>,
}

impl Plan {
    pub async fn of(export: &Export, ledger: &LedgerTable) -> Result<Self, AwsError> {
        let dataset = export.dataset();
        let selection = Selection::of(export);
        let columns: Vec<_> = dataset
            .columns_for(export.audience())
            .map(|column| Column {
                name: column.name,
                format: format(column),
            })
            .collect();
        let layout = ledger.layout(&export.tenant_id, dataset).await?;
        let lanes = match &layout {
            Some(layout) if !selection.is_empty() => {
                layout.lanes(&export.tenant_id, dataset, &selection.source)
            }
            _ => Vec::new(),
        };
        Ok(Self {
            lanes,
            query: LedgerQuery::new(&selection, columns.iter().map(|column| column.name)),
            columns,
        })
    }

    pub fn decoder(&self) -> Decoder {
        Decoder::new(self.columns.clone(), POSITION)
    }
}

/// The time of creation is stored with milliseconds; the file shows it without them.
fn format(column: &dataset::Column) -> Format {
    match column {
        column if column.name == CREATED_AT => Format::Seconds,
        column if column.is_guarded => Format::Guarded,
        _ => Format::Verbatim,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dataset::FUNDING_TRANSFERS;

    #[test]
    fn text_is_guarded_and_the_time_of_creation_cut() {
        let formats: Vec<_> = FUNDING_TRANSFERS.columns.iter().map(format).collect();
        assert_eq!(
            formats[..4],
            [
                Format::Verbatim,
                Format::Seconds,
                Format::Verbatim,
                Format::Verbatim
            ]
        );
        assert_eq!(formats[7..10], [Format::Guarded; 3]);
    }
}
