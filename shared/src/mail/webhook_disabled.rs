//! The mail that tells an endpoint's owner that it was disabled.

use askama::Template;

use super::{Mail, for_people, one_line};
use crate::domain::webhook::{Disabled, DisabledReason, Webhook};

struct Facts<'a> {
    tenant: String,
    reason: &'static str,
    url: &'a str,
    description: Option<String>,
    disabled_at: String,
    webhook_id: &'a str,
}

#[derive(Template)]
#[template(path = "webhook-disabled.html")]
struct Html<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "webhook-disabled.txt")]
struct Text<'a> {
    facts: &'a Facts<'a>,
}

/// Writes the mail.
pub fn compose(webhook: &Webhook, disabled: Disabled) -> Result<Mail, askama::Error> {
    let facts = Facts {
        tenant: one_line(&webhook.tenant_name),
        reason: match disabled.reason {
            DisabledReason::Failing => "For three days nothing could be delivered to it.",
            DisabledReason::Gone => "It answered 410 Gone.",
            DisabledReason::ByOperator => "An operator disabled it.",
        },
        url: webhook.target.as_str(),
        description: webhook.description.as_deref().map(one_line),
        disabled_at: for_people(disabled.at),
        webhook_id: webhook.id.as_str(),
    };
    Ok(Mail {
        subject: format!("A webhook of {} was disabled", facts.tenant),
        html: Html { facts: &facts }.render()?,
        text: Text { facts: &facts }.render()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::webhook::examples::webhook;

    fn mail() -> Mail {
        let webhook = Webhook {
            tenant_name: "Smith & <Sons>\r\nBcc: eve@example.com".to_owned(),
            description: Some("<b>Ledger</b>\r\n".to_owned()),
            ..webhook()
        };
        let disabled = Disabled {
            at: webhook.created_at,
            reason: DisabledReason::Failing,
        };
        compose(&webhook, disabled).unwrap()
    }

    #[test]
    fn a_disabled_webhook_as_text() {
        insta::assert_snapshot!(mail().text);
    }

    #[test]
    fn what_others_wrote_stays_text() {
        assert_eq!(
            mail().subject,
            "A webhook of Smith & <Sons> Bcc: eve@example.com was disabled"
        );
        assert!(!mail().html.contains("<b>Ledger"));
        assert!(!mail().html.contains("<Sons>"));
    }
}
