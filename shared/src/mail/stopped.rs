//! The mail that tells an owner of a schedule that stopped.

use askama::Template;

use super::{Mail, one_line};
use crate::domain::schedule::Schedule;

#[derive(Template)]
#[template(path = "stopped.html")]
struct Html<'a> {
    title: &'a str,
    name: &'a str,
    schedule_id: &'a str,
}

#[derive(Template)]
#[template(path = "stopped.txt")]
struct Text<'a> {
    title: &'a str,
    name: &'a str,
    schedule_id: &'a str,
}

/// Writes the mail about a schedule that stopped because no key of its owner may make its exports any more.
pub fn compose_stopped(schedule: &Schedule) -> Result<Mail, askama::Error> {
    let (title, name) = (schedule.dataset.title, &one_line(&schedule.name));
    let schedule_id = schedule.id.as_str();
    Ok(Mail {
        subject: format!("{name} has stopped"),
        html: Html {
            title,
            name,
            schedule_id,
        }
        .render()?,
        text: Text {
            title,
            name,
            schedule_id,
        }
        .render()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schedule::examples::daily;

    #[test]
    fn it_says_what_stopped_and_what_to_do() {
        let schedule = Schedule {
            name: "Morning <file>".to_owned(),
            ..daily()
        };
        let mail = compose_stopped(&schedule).unwrap();
        assert_eq!(mail.subject, "Morning <file> has stopped");
        insta::assert_snapshot!("stopped_text", mail.text);
        insta::assert_snapshot!("stopped_html", mail.html);
    }
}
