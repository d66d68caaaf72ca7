//! DynamoDB and S3: what expires, who has keys, and who may look into buckets.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    types::{AttributeValue, Select, TimeToLiveStatus},
};
use aws_sdk_s3::config::Builder;

use crate::doctor::{
    checks::{
        buckets::PublicAccessBlock,
        history::Size,
        keys::KeyCount,
        time_to_live::{TABLES, TimeToLive},
    },
    look::{Look, Observed},
    stack::{Resource, Stack},
};

/// Pages of keys, 1 MB each, after which they are not counted on if there are some.
const ENOUGH_PAGES: usize = 10;

pub struct Stores {
    dynamodb: aws_sdk_dynamodb::Client,
    s3: aws_sdk_s3::Client,
}

/// The tables with items that expire.
pub fn expiring(stack: &Stack) -> Vec<Resource> {
    TABLES
        .into_iter()
        .filter_map(|name| stack.find(name).cloned())
        .collect()
}

/// The table whose partitions may hold so much and no more.
pub fn history(stack: &Stack) -> Vec<Resource> {
    stack.find("ExportsTable").cloned().into_iter().collect()
}

impl Stores {
    pub fn new(config: &SdkConfig) -> Self {
        // Paths work on AWS, and also where a bucket's name is no host.
        let s3 = Builder::from(config).force_path_style(true).build();
        Self {
            dynamodb: aws_sdk_dynamodb::Client::new(config),
            s3: aws_sdk_s3::Client::from_conf(s3),
        }
    }

    pub async fn time_to_live(&self, table: Resource) -> Look<TimeToLive> {
        let answer = self
            .dynamodb
            .describe_time_to_live()
            .table_name(table.physical)
            .send()
            .await;
        Look::new("dynamodb:DescribeTimeToLive", answer).map(|found| {
            let described = found.time_to_live_description();
            let status = described.and_then(|found| found.time_to_live_status());
            TimeToLive {
                is_on: matches!(
                    status,
                    Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
                ),
                attribute: described
                    .and_then(|found| found.attribute_name())
                    .unwrap_or_default()
                    .to_owned(),
            }
        })
    }

    /// Bytes of a table with its local indexes.
    pub async fn size(&self, table: Resource) -> Look<Size> {
        let answer = self
            .dynamodb
            .describe_table()
            .table_name(table.physical)
            .send()
            .await;
        Look::new("dynamodb:DescribeTable", answer).map(|found| {
            let described = found.table();
            let indexes = described.map_or(&[][..], |table| table.local_secondary_indexes());
            indexes
                .iter()
                .filter_map(|index| index.index_size_bytes())
                .chain(described.and_then(|table| table.table_size_bytes()))
                .filter_map(|bytes| u64::try_from(bytes).ok())
                .sum()
        })
    }

    /// Counts the keys that open something. Nothing of them leaves DynamoDB but their number.
    pub async fn keys(&self, table: Option<Resource>) -> Option<Observed<KeyCount>> {
        let resource = table?;
        let look = match self.count_keys(&resource.physical).await {
            Ok(count) => Look::Seen(count),
            Err(error) => Look::new("dynamodb:Scan", Err(error)),
        };
        Some(Observed { resource, look })
    }

    async fn count_keys(
        &self,
        table: &str,
    ) -> Result<KeyCount, SdkError<aws_sdk_dynamodb::operation::scan::ScanError>> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let mut keys = 0;
        let mut start = None;
        for page in 1.. {
            let found = self
                .dynamodb
                .scan()
                .table_name(table)
                .select(Select::Count)
                .filter_expression(
                    "(attribute_not_exists(disabled) OR disabled = :false) \
                     AND (attribute_not_exists(expiresAt) OR expiresAt > :now)",
                )
                .expression_attribute_values(":false", AttributeValue::Bool(false))
                .expression_attribute_values(":now", AttributeValue::N(now.to_string()))
                .set_exclusive_start_key(start)
                .send()
                .await?;
            keys += u64::from(found.count().unsigned_abs());
            start = found.last_evaluated_key;
            if start.is_none() || (page >= ENOUGH_PAGES && keys > 0) {
                break;
            }
        }
        Ok(KeyCount {
            keys,
            is_whole: start.is_none(),
        })
    }

    pub async fn public_access(&self, bucket: Resource) -> Look<PublicAccessBlock> {
        let answer = self
            .s3
            .get_public_access_block()
            .bucket(bucket.physical)
            .send()
            .await;
        match answer {
            // The bucket is there, and nothing is blocked.
            Err(error) if error.code() == Some("NoSuchPublicAccessBlockConfiguration") => {
                Look::Seen(PublicAccessBlock::default())
            }
            answer => Look::new("s3:GetBucketPublicAccessBlock", answer).map(|found| {
                let of = |setting: Option<bool>| setting.unwrap_or_default();
                let block = found.public_access_block_configuration();
                block.map_or_else(PublicAccessBlock::default, |block| PublicAccessBlock {
                    blocks_acls: of(block.block_public_acls()),
                    ignores_acls: of(block.ignore_public_acls()),
                    blocks_policies: of(block.block_public_policy()),
                    restricts: of(block.restrict_public_buckets()),
                })
            }),
        }
    }
}
