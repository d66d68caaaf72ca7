//! `doctor`: looks at a deployed stack, and says what is missing or wrong.

mod checks;
mod finding;
mod look;
mod observe;
mod report;
mod stack;

use std::process::ExitCode;

use anyhow::{Context, Result};

use self::{checks::parts, finding::Finding, observe::Facts, stack::Stack};
use crate::{arguments::Output, aws};

/// What a program sees if the stack could not be looked at at all. A mistake in the arguments ends with the same.
const COULD_NOT_LOOK: u8 = 2;

/// Look at a deployed stack and say what is missing or wrong, and what to do. It changes nothing.
///
/// It ends with 0 if nothing is wrong, with 1 if something is wrong or could not be looked at, and with 2 if there is no such
/// stack or nothing could be looked at.
#[derive(clap::Args)]
pub struct Args {
    /// The stack's name
    #[arg(long, value_name = "NAME")]
    stack: String,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub async fn run(args: &Args) -> ExitCode {
    match examine(args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(COULD_NOT_LOOK)
        }
    }
}

/// Prints what was found, and says whether all is well.
async fn examine(args: &Args) -> Result<bool> {
    let config = aws::load().await?;
    let region = config.region().context("no AWS region is set")?.to_string();
    let stack = observe::find(&config, &args.stack, &region).await?;
    let findings = findings(&stack, &observe::all(&config, &stack).await);
    match args.output {
        Output::Text => print!("{}", report::text(&findings)),
        Output::Json => println!("{:#}", report::json(&stack, &findings)),
    }
    Ok(report::is_well(&findings))
}

fn findings(stack: &Stack, facts: &Facts) -> Vec<Finding> {
    [
        parts::check(stack),
        vec![checks::mail::check_identity(stack, &facts.identities)],
        checks::mail::check_account(stack, &facts.account),
        checks::concurrency::check(&facts.limit, &facts.reserves, &facts.mappings),
        checks::mappings::check(&facts.mappings),
        checks::rules::check(&facts.rules),
        checks::rules::check_group(&facts.schedule_groups),
        checks::time_to_live::check(&facts.tables),
        checks::history::check(&facts.history),
        checks::buckets::check(&facts.buckets),
        checks::dead_letters::check(&facts.dead_letters),
        checks::alarms::check(&facts.topics),
        checks::keys::check(facts.keys.as_ref())
            .into_iter()
            .collect(),
    ]
    .concat()
}
