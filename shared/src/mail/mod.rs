//! Mails, with their templates compiled in. The one here carries a download link: one family of templates for every dataset.

pub mod webhook_disabled;

mod stopped;

pub use stopped::compose_stopped;

use askama::Template;
use jiff::Timestamp;

use crate::domain::{
    export::{Content, Delivery, Export, File},
    filters::FilterValue,
    link::LinkToken,
    schedule::ScheduledRun,
    text::is_deceptive,
    time::to_seconds,
};

/// A mail as text and as HTML. Texts of tenants and suppliers are escaped in the HTML and kept to one line in the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// The link to an export's file.
pub fn download_link(link_api_url: &str, export: &Export, token: &LinkToken) -> String {
    format!(
        "{link_api_url}/v1/exports/{}/download?token={}",
        export.id,
        token.reveal()
    )
}

/// Writes the mail of a finished export.
pub fn compose(export: &Export, delivery: &Delivery, link: &str) -> Result<Mail, askama::Error> {
    let schedule = export.schedule.as_ref();
    let facts = Facts {
        title: export.dataset().title,
        schedule: schedule.map(|run| one_line(&run.name)),
        period: schedule.map(|run| {
            let ScheduledRun { period, .. } = run;
            format!("{} ({})", period.for_people(), period.time_zone)
        }),
        tenant: one_line(&export.tenant_name),
        file_name: export.file_name_of(&delivery.file),
        requested_at: for_people(export.created_at),
        rows: grouped(&delivery.file.rows.to_string()),
        size: size(delivery.file.size),
        unpacked: delivery.file.uncompressed.as_ref().map(Unpacked::of),
        totals: totals(&delivery.file),
        sha256: &delivery.file.sha256,
        filters: described(export),
        expires_at: for_people(delivery.expires_at),
        export_id: export.id.as_str(),
        link,
    };
    Ok(Mail {
        subject: subject(export, &facts),
        html: Html { facts: &facts }.render()?,
        text: Text { facts: &facts }.render()?,
    })
}

/// `Funding transfers export for Northwind Market, 20 November 2026`, or for a schedule, whose name an owner chose,
/// `Morning file: funding transfers for Northwind Market, October 2026`.
fn subject(export: &Export, facts: &Facts) -> String {
    let Facts { title, tenant, .. } = facts;
    match &export.schedule {
        Some(run) => {
            let (name, title) = (one_line(&run.name), title.to_lowercase());
            format!("{name}: {title} for {tenant}, {}", run.period.for_people())
        }
        None => {
            let day = export.created_at.strftime("%-d %B %Y");
            format!("{title} export for {tenant}, {day}")
        }
    }
}

/// The values of the templates.
struct Facts<'a> {
    title: &'a str,
    schedule: Option<String>,
    period: Option<String>,
    tenant: String,
    file_name: String,
    requested_at: String,
    rows: String,
    /// Of the file as it is downloaded, like `sha256`.
    size: String,
    unpacked: Option<Unpacked<'a>>,
    totals: Vec<String>,
    sha256: &'a str,
    filters: Vec<(&'static str, String)>,
    expires_at: String,
    export_id: &'a str,
    link: &'a str,
}

/// The text within a compressed file.
struct Unpacked<'a> {
    size: String,
    sha256: &'a str,
}

impl<'a> Unpacked<'a> {
    fn of(text: &'a Content) -> Self {
        Self {
            size: size(text.size),
            sha256: &text.sha256,
        }
    }
}

#[derive(Template)]
#[template(path = "export.html")]
struct Html<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "export.txt")]
struct Text<'a> {
    facts: &'a Facts<'a>,
}

/// `20 November 2026, 09:30 UTC`.
fn for_people(time: Timestamp) -> String {
    time.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// The text in one line, so that it cannot end a mail header, and without what would show it as another one.
fn one_line(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_deceptive(*c)).collect();
    let words: Vec<_> = text
        .split(|character: char| character.is_control() || character.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// `EUR 1,234,567.80` for each currency, and the number of rows in no total.
fn totals(file: &File) -> Vec<String> {
    let total = |(currency, amount): (&String, &String)| {
        let (sign, digits) = match amount.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", amount.as_str()),
        };
        let (whole, decimals) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        format!("{} {sign}{}{decimals}", one_line(currency), grouped(whole))
    };
    let mut totals: Vec<_> = file.totals.iter().map(total).collect();
    if file.rows_not_in_totals > 0 {
        let rows = grouped(&file.rows_not_in_totals.to_string());
        totals.push(format!(
            "{rows} rows without an amount or currency are not added up"
        ));
    }
    totals
}

/// `1,234,567`, of digits.
fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1.5 MB`, in the decimal units that file managers show.
fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut units = ["bytes", "kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for larger in units {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    if unit == "bytes" {
        format!("{bytes} bytes")
    } else {
        format!("{value:.1} {unit}")
    }
}

fn described(export: &Export) -> Vec<(&'static str, String)> {
    let set = export.filters.set(export.dataset());
    let of_dataset = set.map(|(filter, value)| {
        let text = match value {
            FilterValue::Time(time) => to_seconds(time),
            FilterValue::Amount(amount) => amount.to_string(),
            FilterValue::One(value) => one_line(value),
            FilterValue::Many(values) => one_line(&values.join(", ")),
        };
        (filter.label, text)
    });
    let contact = export.filters.contact.iter();
    of_dataset
        .chain(contact.map(|contact| ("Contact", one_line(&contact.named))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        export::{
            State,
            examples::{at, delivery, one_of, ready},
        },
        filters::Filters,
        schedule::examples::{daily, october},
    };

    const LINK: &str = "https://links.example/v1/exports/exp_1/download?token=abc";

    fn filtered() -> Export {
        let filters = Filters {
            created_at_from: Some(at("2026-01-01T00:00:00Z")),
            one_of: one_of(&[("statuses", &["COMPLETED", "FAILED"])]),
            supplier_ids: vec!["<b>SUP</b>\r\n-1".to_owned()],
            amount_min: Some("0.10".parse().unwrap()),
            ..Filters::default()
        };
        Export {
            filters,
            tenant_name: "Smith & <Sons>\r\nBcc: eve@example.com".to_owned(),
            ..ready()
        }
    }

    #[test]
    fn text() {
        insta::assert_snapshot!(compose(&ready(), &delivery(), LINK).unwrap().text);
    }

    #[test]
    fn html_escapes_what_others_wrote() {
        insta::assert_snapshot!(compose(&filtered(), &delivery(), LINK).unwrap().html);
    }

    #[test]
    fn a_subject_is_one_line_whatever_the_tenant_is_called() {
        assert_eq!(
            compose(&filtered(), &delivery(), LINK).unwrap().subject,
            "Funding transfers export for Smith & <Sons> Bcc: eve@example.com, 20 November 2026"
        );
    }

    #[test]
    fn a_compressed_file_says_how_to_open_it_and_which_bytes_each_hash_is_of() {
        let mut delivery = delivery();
        delivery.file.key = "exports/1.csv.gz".to_owned();
        delivery.file.uncompressed = Some(Content {
            size: 9_437_184,
            sha256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752".to_owned(),
        });
        let export = Export {
            state: State::Ready(delivery.clone()),
            ..ready()
        };
        let mail = compose(&export, &delivery, LINK).unwrap();
        insta::assert_snapshot!("compressed_text", mail.text);
        insta::assert_snapshot!("compressed_html", mail.html);
    }

    fn scheduled() -> Export {
        let run = ScheduledRun {
            schedule_id: daily().id,
            name: "Close of month <finance>".to_owned(),
            period: october(),
        };
        Export {
            schedule: Some(run),
            ..ready()
        }
    }

    #[test]
    fn a_schedules_mail_names_schedule_and_period() {
        let mail = compose(&scheduled(), &delivery(), LINK).unwrap();
        assert_eq!(
            mail.subject,
            "Close of month <finance>: funding transfers for Northwind Market, October 2026"
        );
        insta::assert_snapshot!("scheduled_text", mail.text);
        insta::assert_snapshot!("scheduled_html", mail.html);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            ["0", "999", "1000", "1234567"].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 999, 1_500_000, 2_000_000_000].map(size),
            ["0 bytes", "999 bytes", "1.5 MB", "2.0 GB"]
        );
    }
}
