//! Who fetched the files.

use aws_sdk_dynamodb::types::{Update, builders::UpdateBuilder};
use jiff::Timestamp;

use super::{
    AwsError, ExportsTable, Item, from_item, key,
    lifecycle::{Superseded, update_part},
    number, to_item,
};
use crate::{
    domain::{
        download::{Download, Downloads},
        event::EventType,
        export::Export,
    },
    items::download::{DownloadItem, downloads_partition},
    random,
};

/// The most downloads of an export that are shown.
const MOST_SHOWN: i32 = 100;

impl ExportsTable {
    /// Records a download, unless it is one with an earlier one of the same user, and counts it.
    ///
    /// The number is added up beside the downloads, rather than by reading them all. It is shown only where there are more
    /// of them than are read.
    pub async fn record_download(
        &self,
        export: &Export,
        download: &Download,
    ) -> Result<(), AwsError> {
        if !self.put_download(export, download).await? {
            return Ok(());
        }
        let mut count = self
            .download_count(export)
            .update_expression("ADD downloads :one")
            .expression_attribute_values(":one", number(1));
        if let Some(kept_until) = export.kept_until {
            count = count
                .update_expression("SET timeToLive = :timeToLive ADD downloads :one")
                .expression_attribute_values(":timeToLive", number(kept_until.as_second()));
        }
        let (counted, first) = tokio::join!(
            self.change(count),
            self.record_first_download(export, download.at)
        );
        // Without a condition it is not refused.
        let _ = counted?;
        first?;
        Ok(())
    }

    /// Whether the download is a new one.
    async fn put_download(&self, export: &Export, download: &Download) -> Result<bool, AwsError> {
        let item = DownloadItem::of(export, download, random::bytes());
        let result = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(to_item(&item)?))
            .condition_expression("attribute_not_exists(#partition)")
            .expression_attribute_names("#partition", "partition")
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                Ok(false)
            }
            Err(error) => Err(AwsError::new("PutItem")(error)),
        }
    }

    /// Records that an export's file was fetched for the first time, with the event that tells of it. Of downloads that race
    /// one is the first; returns whether it was this one.
    pub async fn record_first_download(
        &self,
        export: &Export,
        now: Timestamp,
    ) -> Result<bool, AwsError> {
        if export.downloaded_at.is_some() {
            return Ok(false);
        }
        let update = self
            .update(export)
            .update_expression("SET downloadedAt = :now")
            .condition_expression(
                "attribute_exists(#status) AND attribute_not_exists(downloadedAt)",
            )
            .expression_attribute_values(":now", number(now.as_second()));
        let event = self.event(export, EventType::Downloaded, now)?;
        match self.write(vec![update_part(update)?, event]).await? {
            Ok(()) => Ok(true),
            Err(Superseded) => Ok(false),
        }
    }

    /// The latest downloads of an export, and how many there were.
    pub async fn downloads(&self, export: &Export) -> Result<Downloads, AwsError> {
        let partition = downloads_partition(&export.tenant_id, &export.id);
        let items = self
            .newest_first(partition, &export.id, Some(MOST_SHOWN))
            .await?;
        let mut latest = items
            .into_iter()
            .map(read_download)
            .collect::<Result<Vec<_>, _>>()?;
        latest.sort_by_key(|download| std::cmp::Reverse(download.at));
        let read = latest.len() as u64;
        let count = if latest.len() < MOST_SHOWN as usize {
            read
        } else {
            self.counted_downloads(export).await?.max(read)
        };
        Ok(Downloads { latest, count })
    }

    async fn counted_downloads(&self, export: &Export) -> Result<u64, AwsError> {
        let item = self.get(download_count_key(export)).await?;
        let counted = item.and_then(|item| item.get("downloads")?.as_n().ok()?.parse().ok());
        Ok(counted.unwrap_or_default())
    }

    fn download_count(&self, export: &Export) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(download_count_key(export)))
    }
}

fn download_count_key(export: &Export) -> Item {
    key(
        downloads_partition(&export.tenant_id, &export.id),
        export.id.as_str(),
    )
}

fn read_download(item: Item) -> Result<Download, AwsError> {
    Ok(Download::try_from(from_item::<DownloadItem>(item)?)?)
}
