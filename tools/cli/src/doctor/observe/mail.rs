//! SES: the sender's identity, and the account.

use aws_config::SdkConfig;
use aws_sdk_sesv2::Client;

use crate::doctor::{checks::mail::Account, look::Look};

pub struct Mail(Client);

impl Mail {
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// Whether this address or domain is verified.
    pub async fn identity(&self, identity: &str) -> Look<bool> {
        let answer = self
            .0
            .get_email_identity()
            .email_identity(identity)
            .send()
            .await;
        Look::new("ses:GetEmailIdentity", answer)
            .map(|identity| identity.verified_for_sending_status())
    }

    pub async fn account(&self) -> Look<Account> {
        let answer = self.0.get_account().send().await;
        Look::new("ses:GetAccount", answer).map(|account| Account {
            is_in_sandbox: !account.production_access_enabled(),
            may_send: account.sending_enabled(),
            enforcement: account.enforcement_status().unwrap_or_default().to_owned(),
            most_a_day: account
                .send_quota()
                .map_or(-1.0, |quota| quota.max24_hour_send()),
            sent_today: account
                .send_quota()
                .map_or(0.0, |quota| quota.sent_last24_hours()),
        })
    }
}
