//! Lists of exports: key ranges of the table or of its local indexes, read consistently, so that a list right after a
//! request shows it.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use jiff::Timestamp;

use super::{AwsError, ExportsTable, number, read_export, text};
use crate::{
    domain::{
        dataset::Dataset,
        export::Export,
        history::{Expiry, HistoryQuery, Page, StoredStatus},
        order::Order,
    },
    items::export::partition,
};

impl ExportsTable {
    /// One page of a tenant's exports of a dataset, or of one requester's among them; see
    /// [`crate::items::export::requester`].
    pub async fn history(
        &self,
        tenant_id: &str,
        dataset: &Dataset,
        requester: Option<&str>,
        query: &HistoryQuery,
        now: Timestamp,
    ) -> Result<Page<Export>, AwsError> {
        let Some((least, greatest)) = query.id_range() else {
            return Ok(Page {
                items: Vec::new(),
                has_more: false,
            });
        };
        let range = |prefix: &str, index: Option<(&str, &str)>| {
            let (name, sort) =
                index.map_or((None, "sort"), |(name, sort)| (Some(name.to_owned()), sort));
            self.client
                .query()
                .table_name(&self.name)
                .set_index_name(name)
                .consistent_read(true)
                .scan_index_forward(query.order == Order::OldestFirst)
                .limit(i32::try_from(query.limit + 1).unwrap_or(i32::MAX))
                .key_condition_expression(
                    "#partition = :partition AND #sort BETWEEN :least AND :greatest",
                )
                .expression_attribute_names("#partition", "partition")
                .expression_attribute_names("#sort", sort)
                .expression_attribute_values(":partition", text(partition(tenant_id, dataset)))
                .expression_attribute_values(":least", text(format!("{prefix}{least}")))
                .expression_attribute_values(":greatest", text(format!("{prefix}{greatest}")))
        };
        let prefix = requester
            .map(|requester| format!("{requester}#"))
            .unwrap_or_default();
        let lists = match &query.stored_statuses()[..] {
            [] => {
                let index = requester.map(|_| ("by-requester", "requesterSort"));
                vec![self.read(range(&prefix, index), query.limit).await?]
            }
            statuses => {
                let index = match requester {
                    Some(_) => ("by-requester-status", "requesterStatusSort"),
                    None => ("by-status", "statusSort"),
                };
                let mut lists = Vec::with_capacity(statuses.len());
                for StoredStatus { status, expiry } in statuses {
                    let read = range(&format!("{prefix}{status}#"), Some(index));
                    lists.push(
                        self.read(with_expiry(read, *expiry, now), query.limit)
                            .await?,
                    );
                }
                lists
            }
        };
        Ok(query.merge(lists, |export| &export.id))
    }

    /// Reads one more than the page holds, which tells whether more follow.
    async fn read(&self, read: QueryFluentBuilder, limit: usize) -> Result<Vec<Export>, AwsError> {
        let wanted = limit + 1;
        let mut exports = Vec::with_capacity(wanted);
        let mut start = None;
        loop {
            let answer = read
                .clone()
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(AwsError::new("Query"))?;
            for item in answer.items.unwrap_or_default() {
                exports.push(read_export(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() || exports.len() >= wanted {
                exports.truncate(wanted);
                return Ok(exports);
            }
        }
    }
}

fn with_expiry(
    read: QueryFluentBuilder,
    expiry: Option<Expiry>,
    now: Timestamp,
) -> QueryFluentBuilder {
    let condition = match expiry {
        None => return read,
        Some(Expiry::Passed) => "expiresAt <= :now",
        Some(Expiry::Ahead) => "expiresAt > :now",
    };
    // Few exports that are stored as READY have expired, so the query reads a megabyte at a time, not a page.
    let limit = read.get_limit().filter(|_| expiry == Some(Expiry::Ahead));
    read.set_limit(limit)
        .filter_expression(condition)
        .expression_attribute_values(":now", number(now.as_second()))
}
