//! Whether messages wait that nobody could handle.

use crate::doctor::{
    finding::{Finding, each},
    look::Observed,
    stack::Resource,
};

const CHECK: &str = "deadLetters";

/// Whether a queue of the stack is for what could not be handled.
pub fn is_for_dead_letters(queue: &Resource) -> bool {
    queue.logical.ends_with("DeadLetterQueue") || queue.logical.ends_with("FailuresQueue")
}

/// `queues`: how many messages are in each.
pub fn check(queues: &[Observed<u64>]) -> Vec<Finding> {
    let all_good = format!("The {} dead-letter queues are empty.", queues.len());
    each(CHECK, queues, all_good, |one, messages| {
        let name = &one.resource.logical;
        (*messages > 0).then(|| {
            Finding::wrong(
                CHECK,
                format!("Messages in {name}: {messages}."),
                advice(name),
            )
        })
    })
}

fn advice(queue: &str) -> &'static str {
    match queue {
        "DeadLetterQueue" => {
            "The dead-letter handler ends their exports FAILED. If messages stay, read the log of that function."
        }
        "LedgerDeadLetterQueue" => {
            "Read each message's attribute reason, correct the change, and send it to the ledger's queue again."
        }
        "InboxDeadLetterQueue" => {
            "The log of the loader has the reason. Move the messages back to InboxQueue when it is repaired."
        }
        "MailEventsDeadLetterQueue" => {
            "The log of mail-events has the reason. Move the messages back to MailEventsQueue when it is repaired."
        }
        "WebhookDeadLetterQueue" => {
            "Calls to AWS failed for hours. Move the messages back to WebhookQueue when that is repaired."
        }
        "ExpirerFailuresQueue" => {
            "The reconciler has expired their exports. Read the log of the expirer, and remove the messages."
        }
        "SchedulerDeadLetterQueue" => {
            "The sweep has made their runs. Read each message's attributes for the reason, and remove the messages."
        }
        _ => "Read the log of the function that the queue belongs to.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::testing::{resource, seen, told};

    #[test]
    fn queues_for_dead_letters_are_known_by_their_names() {
        let is_for = |name| is_for_dead_letters(&resource(name));
        assert!(is_for("DeadLetterQueue") && is_for("ExpirerFailuresQueue"));
        assert!(!is_for("ExportsQueue") && !is_for("LedgerQueue"));
    }

    #[test]
    fn messages_are_counted_with_what_to_do() {
        let empty = || seen("DeadLetterQueue", 0);
        assert_eq!(
            told(&check(&[empty(), empty()])),
            ["Good: The 2 dead-letter queues are empty."]
        );
        let found = check(&[empty(), seen("LedgerDeadLetterQueue", 2)]);
        assert_eq!(
            told(&found),
            ["Wrong: Messages in LedgerDeadLetterQueue: 2."]
        );
        assert!(
            found[0]
                .advice
                .as_deref()
                .unwrap()
                .contains("attribute reason")
        );
    }
}
