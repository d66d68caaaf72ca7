//! `keys rotate`: another key for the same user, while the old one still works for some time.

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, Put, TransactWriteItem, Update},
};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use shared::{
    domain::time,
    items::api_key::{ApiKeyItem, KEY_HASH, KeyEnd, UserItem, hash},
};

use super::{create::fresh_key, which::Which};
use crate::aws;

/// The longest time that both keys work: whoever needs longer has a second user.
const LONGEST_OVERLAP: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Make another key for a key's user and print it, once. Both work until the overlap is over, then the old one opens nothing.
///
/// The old key stops within a minute after that, for as long as the authorizer's answers are cached.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// How long the old key still works, such as 24h, 90m or 7d; 0s ends it now
    #[arg(long, value_parser = overlap, default_value = "24h")]
    overlap: SignedDuration,
    /// The table of API keys
    #[arg(long, env = "API_KEYS_TABLE")]
    table: String,
}

pub async fn run(args: Args) -> Result<()> {
    let key_hash = args.which.key_hash()?;
    let dynamodb = aws::dynamodb().await?;
    let Some(old) = find(&dynamodb, &args.table, &key_hash).await? else {
        bail!("no key has the hash {key_hash}");
    };
    let key = fresh_key()?;
    let (old, new) = rotated(old, &key, args.overlap, time::now())?;
    write(&dynamodb, &args.table, &old, &new).await?;
    let end = old.expires_at.map(Timestamp::from_second).transpose()?;
    eprintln!(
        "The new key of {} is stored by its hash {}. The old key works until {}.",
        new.user_id,
        new.key_hash,
        end.map(time::to_seconds).unwrap_or_default()
    );
    eprintln!("This is the only time that the new one is shown:");
    println!("{key}");
    Ok(())
}

/// The old key with its end, and the new one. Rotating twice moves no end to later.
fn rotated(
    old: ApiKeyItem,
    key: &str,
    overlap: SignedDuration,
    now: Timestamp,
) -> Result<(ApiKeyItem, ApiKeyItem)> {
    match UserItem::from(old.clone()).end(now) {
        Some(KeyEnd::Disabled) => bail!("the key is disabled: make another with keys create"),
        Some(KeyEnd::Expired) => bail!("the key has expired: make another with keys create"),
        None => {}
    }
    let end = now.saturating_add(overlap)?.as_second();
    let new = ApiKeyItem {
        key_hash: hash(key),
        expires_at: None,
        created_at: time::to_seconds(now),
        ..old.clone()
    };
    let old = ApiKeyItem {
        expires_at: Some(old.expires_at.map_or(end, |earlier| earlier.min(end))),
        ..old
    };
    Ok((old, new))
}

async fn find(dynamodb: &Client, table: &str, key_hash: &str) -> Result<Option<ApiKeyItem>> {
    let answer = dynamodb
        .get_item()
        .table_name(table)
        .key(KEY_HASH, AttributeValue::S(key_hash.to_owned()))
        .consistent_read(true)
        .send()
        .await
        .map_err(aws::explain)
        .with_context(|| format!("cannot read the table of API keys {table}"))?;
    Ok(answer.item.map(serde_dynamo::from_item).transpose()?)
}

/// Stores the new key and ends the old one, both or neither.
async fn write(dynamodb: &Client, table: &str, old: &ApiKeyItem, new: &ApiKeyItem) -> Result<()> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(serde_dynamo::to_item(new)?))
        .condition_expression("attribute_not_exists(#hash)")
        .expression_attribute_names("#hash", KEY_HASH)
        .build()?;
    let end = old.expires_at.unwrap_or_default();
    let update = Update::builder()
        .table_name(table)
        .key(KEY_HASH, AttributeValue::S(old.key_hash.clone()))
        .update_expression("SET expiresAt = :end")
        .condition_expression(
            "#disabled = :false AND (attribute_not_exists(expiresAt) OR expiresAt >= :end)",
        )
        .expression_attribute_names("#disabled", "disabled")
        .expression_attribute_values(":end", AttributeValue::N(end.to_string()))
        .expression_attribute_values(":false", AttributeValue::Bool(false))
        .build()?;
    let written = dynamodb
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().put(put).build())
        .transact_items(TransactWriteItem::builder().update(update).build())
        .send()
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(error) if is_refused(&error) => {
            bail!("the key was disabled or rotated at the same moment: try again")
        }
        Err(error) => Err(aws::explain(error))
            .with_context(|| format!("cannot write to the table of API keys {table}")),
    }
}

fn is_refused(error: &SdkError<TransactWriteItemsError>) -> bool {
    error
        .as_service_error()
        .is_some_and(TransactWriteItemsError::is_transaction_canceled_exception)
}

fn overlap(text: &str) -> Result<SignedDuration, String> {
    let malformed = || "must be a time such as 24h, 90m or 7d".to_owned();
    let span: Span = text.parse().map_err(|_| malformed())?;
    let overlap = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| malformed())?;
    if (SignedDuration::ZERO..=LONGEST_OVERLAP).contains(&overlap) {
        Ok(overlap)
    } else {
        Err("must be 0s to 90d".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old() -> ApiKeyItem {
        ApiKeyItem {
            key_hash: hash("old"),
            tenant_id: "northwind-market".to_owned(),
            tenant_name: "Northwind Market".to_owned(),
            user_id: "sam".to_owned(),
            email: "sam@supplier.example".to_owned(),
            role: "SUPPLIER".to_owned(),
            supplier_id: Some("SUP-1001".to_owned()),
            permissions: vec!["funding-transfers:read".to_owned()],
            disabled: false,
            expires_at: None,
            created_at: "2026-01-01T00:00:00Z".to_owned(),
        }
    }

    fn now() -> Timestamp {
        time::parse("2026-11-20T09:30:00Z").unwrap()
    }

    #[test]
    fn the_new_key_is_the_same_users_and_the_old_one_ends_after_the_overlap() {
        let overlap = SignedDuration::from_hours(24);
        let (ending, new) = rotated(old(), "new", overlap, now()).unwrap();
        let end = time::parse("2026-11-21T09:30:00Z").unwrap().as_second();
        assert_eq!(
            ending,
            ApiKeyItem {
                expires_at: Some(end),
                ..old()
            }
        );
        assert_eq!(
            new,
            ApiKeyItem {
                key_hash: hash("new"),
                created_at: "2026-11-20T09:30:00Z".to_owned(),
                ..old()
            }
        );
    }

    #[test]
    fn rotating_again_moves_the_end_to_earlier_and_never_to_later() {
        let end_of = |expires_at: i64, hours| {
            let old = ApiKeyItem {
                expires_at: Some(expires_at),
                ..old()
            };
            let overlap = SignedDuration::from_hours(hours);
            let (ending, new) = rotated(old, "new", overlap, now()).unwrap();
            assert_eq!(new.expires_at, None);
            ending.expires_at.unwrap()
        };
        let in_hours = |hours| (now() + SignedDuration::from_hours(hours)).as_second();
        assert_eq!(end_of(in_hours(2), 24), in_hours(2));
        assert_eq!(end_of(in_hours(2), 0), in_hours(0));
    }

    #[test]
    fn a_key_that_opens_nothing_is_not_rotated() {
        for ended in [
            ApiKeyItem {
                disabled: true,
                ..old()
            },
            ApiKeyItem {
                expires_at: Some(now().as_second()),
                ..old()
            },
        ] {
            assert!(rotated(ended, "new", SignedDuration::ZERO, now()).is_err());
        }
    }

    #[test]
    fn an_overlap_is_a_time_of_ninety_days_at_most() {
        assert_eq!(overlap("24h"), Ok(SignedDuration::from_hours(24)));
        assert_eq!(overlap("7d"), Ok(SignedDuration::from_hours(7 * 24)));
        assert_eq!(overlap("0s"), Ok(SignedDuration::ZERO));
        for text in ["", "24", "1mo", "soon", "91d", "-1h"] {
            assert!(overlap(text).is_err(), "{text}");
        }
    }
}
