//! One export as callers see it, with what happened to its mails and its file.

use std::collections::BTreeMap;

use serde::Serialize;

use super::export::ExportObject;
use crate::domain::{
    address::EmailAddress,
    download::{Download, Downloader, Downloads},
    link::Link,
    sending::{MailState, Sending},
    time::to_seconds,
};

/// What is shown of a mail to a recipient while nothing was told of it.
const UNTOLD: &str = "SENT";

/// The export object, its mails and its downloads.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportDetailObject {
    #[serde(flatten)]
    export: ExportObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<MailObject>,
    sendings: Vec<SendingObject>,
    downloads: Vec<DownloadObject>,
    download_count: u64,
}

/// Whether the mails reached anybody.
#[derive(Debug, Serialize)]
struct MailObject {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SendingObject {
    sent_at: String,
    recipients: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    /// By recipient.
    delivery: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DownloadObject {
    at: String,
    by: DownloaderObject,
    address_prefix: Option<String>,
    user_agent: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum DownloaderObject {
    #[serde(rename_all = "camelCase")]
    Link {
        link_id: String,
        recipients: Vec<String>,
    },
    #[serde(rename_all = "camelCase")]
    User { user_id: String },
}

impl ExportDetailObject {
    /// `links` are those that led to one of the downloads.
    pub fn of(
        export: ExportObject,
        sendings: &[Sending],
        downloads: &Downloads,
        links: &[Link],
    ) -> Self {
        let download = |download| DownloadObject::of(download, links);
        Self {
            export,
            mail: MailState::of(sendings).map(MailObject::of),
            sendings: sendings.iter().map(SendingObject::of).collect(),
            downloads: downloads.latest.iter().map(download).collect(),
            download_count: downloads.count,
        }
    }
}

impl MailObject {
    fn of(state: MailState) -> Self {
        Self {
            state: state.into(),
            detail: state.sentence(),
        }
    }
}

impl SendingObject {
    fn of(sending: &Sending) -> Self {
        let delivery = |recipient: &EmailAddress| {
            let arrival = sending.arrival(recipient);
            let state = arrival.map_or_else(|| UNTOLD.to_owned(), |state| state.to_string());
            (recipient.to_string(), state)
        };
        let texts = |addresses: &[EmailAddress]| {
            addresses
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        Self {
            sent_at: to_seconds(sending.sent_at),
            recipients: texts(&sending.recipients),
            skipped: texts(&sending.skipped),
            link_id: sending.link_id.as_ref().map(ToString::to_string),
            message_id: sending.message_id.clone(),
            delivery: sending.recipients.iter().map(delivery).collect(),
        }
    }
}

impl DownloadObject {
    fn of(download: &Download, links: &[Link]) -> Self {
        Self {
            at: to_seconds(download.at),
            by: match &download.by {
                Downloader::User(user_id) => DownloaderObject::User {
                    user_id: user_id.clone(),
                },
                Downloader::Link(link_id) => {
                    let link = links.iter().find(|link| link.id == *link_id);
                    let recipients = link.map(|link| link.recipients.as_slice());
                    DownloaderObject::Link {
                        link_id: link_id.to_string(),
                        recipients: recipients
                            .unwrap_or_default()
                            .iter()
                            .map(ToString::to_string)
                            .collect(),
                    }
                }
            },
            address_prefix: download.origin.address_prefix.clone(),
            user_agent: download.origin.user_agent.clone(),
        }
    }
}
