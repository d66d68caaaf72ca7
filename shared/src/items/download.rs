//! Downloads of an export's file.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{UnreadableItem, link::read_link_id};
use crate::domain::{
    download::{Download, Downloader, Origin},
    export::Export,
    id::ExportId,
};

/// One download. It is kept for as long as the export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadItem {
    partition: String,
    sort: String,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address_prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// That of the export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_to_live: Option<i64>,
}

/// The partition of all downloads of a tenant's exports of a type. Beside an export's downloads, under its id alone, is
/// their number.
pub fn downloads_partition(tenant_id: &str, export_id: &ExportId) -> String {
    format!("downloads#{tenant_id}#{}", export_id.dataset().export_type)
}

impl DownloadItem {
    /// The sort key begins with the export's id and the time, so that one query finds an export's latest.
    ///
    /// Each use of a link is one download, which `random` tells from others of the same millisecond. URLs that the API hands
    /// out to one user, in one network and at about the same time are one item.
    pub fn of(export: &Export, download: &Download, random: [u8; 8]) -> Self {
        let prefix = download.origin.address_prefix.as_deref();
        let (time, name) = match &download.by {
            Downloader::Link(_) => (download.at, hex::encode(random)),
            Downloader::User(id) => (
                download.window(),
                format!("{id}#{}", prefix.unwrap_or_default()),
            ),
        };
        let (link_id, user_id) = match &download.by {
            Downloader::Link(id) => (Some(id.to_string()), None),
            Downloader::User(id) => (None, Some(id.clone())),
        };
        Self {
            partition: downloads_partition(&export.tenant_id, &export.id),
            sort: format!("{}#{:013}#{name}", export.id, time.as_millisecond()),
            at: download.at,
            link_id,
            user_id,
            address_prefix: download.origin.address_prefix.clone(),
            user_agent: download.origin.user_agent.clone(),
            time_to_live: export.kept_until.map(Timestamp::as_second),
        }
    }
}

impl TryFrom<DownloadItem> for Download {
    type Error = UnreadableItem;

    fn try_from(item: DownloadItem) -> Result<Self, UnreadableItem> {
        let by = match (&item.link_id, item.user_id) {
            (Some(link_id), _) => Downloader::Link(read_link_id(link_id)?),
            (None, Some(user_id)) => Downloader::User(user_id),
            (None, None) => return Err(UnreadableItem("who downloaded".to_owned())),
        };
        Ok(Self {
            at: item.at,
            by,
            origin: Origin {
                address_prefix: item.address_prefix,
                user_agent: item.user_agent,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::{at, ready};

    fn download(by: Downloader, time: &str, address: &str) -> Download {
        Download {
            at: at(time),
            by,
            origin: Origin::of(address.parse().ok(), Some("curl/8.5.0")),
        }
    }

    #[test]
    fn each_use_of_a_link_is_kept_and_a_poll_of_the_api_only_once() {
        let link = || Downloader::Link("lnk_01kh0c8wp2z9m4q7t1x5c3v8b6".parse().unwrap());
        let ana = || Downloader::User("ana".to_owned());
        let sort = |download: &Download, random| DownloadItem::of(&ready(), download, random).sort;

        let first = download(link(), "2026-11-20T09:31:00Z", "203.0.113.7");
        assert_ne!(sort(&first, [1; 8]), sort(&first, [2; 8]));
        let poll = download(ana(), "2026-11-20T09:31:00Z", "203.0.113.7");
        let again = download(ana(), "2026-11-20T09:31:01Z", "203.0.113.8");
        assert_eq!(sort(&poll, [1; 8]), sort(&again, [2; 8]));
        let elsewhere = download(ana(), "2026-11-20T09:31:01Z", "198.51.100.8");
        assert_ne!(sort(&poll, [1; 8]), sort(&elsewhere, [1; 8]));
        let later = download(ana(), "2026-11-20T09:36:00Z", "203.0.113.7");
        assert!(sort(&poll, [1; 8]) < sort(&later, [1; 8]));
    }

    #[test]
    fn a_download_comes_back_as_it_was_stored() {
        let ana = Downloader::User("ana".to_owned());
        let download = download(ana, "2026-11-20T09:31:00.250Z", "2001:db8::1");
        let item = DownloadItem::of(&ready(), &download, [0; 8]);
        let stored: serde_dynamo::Item = serde_dynamo::to_item(item).unwrap();
        let read: DownloadItem = serde_dynamo::from_item(stored).unwrap();
        assert_eq!(Download::try_from(read).unwrap(), download);
    }
}
