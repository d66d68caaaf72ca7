//! `payout-exports`: loads payout records into the ledger and checks it, makes records to try it with, makes API keys, and
//! says who is written to: which domains copies may go to, and which addresses are not written to any more. It also says
//! what a stack costs, and what is wrong with one.

mod arguments;
mod aws;
mod cc_domains;
mod cost;
mod doctor;
mod generate;
mod import;
mod keys;
mod ledger;
mod progress;
mod suppressed_addresses;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Load payout records into the ledger and check it, make records to try it with, and make API keys.
///
/// The AWS account, region and endpoint come from the usual variables: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL …
#[derive(Parser)]
#[command(name = "payout-exports", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Import(import::Args),
    Generate(generate::Args),
    #[command(subcommand)]
    CcDomains(cc_domains::Command),
    Cost(cost::Args),
    Doctor(doctor::Args),
    #[command(subcommand)]
    Keys(keys::Command),
    #[command(subcommand)]
    Ledger(ledger::Command),
    #[command(subcommand)]
    SuppressedAddresses(suppressed_addresses::Command),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Import(args) => import::run(args).await,
        Command::Generate(args) => generate::run(&args),
        Command::CcDomains(command) => cc_domains::run(command).await,
        Command::Cost(args) => cost::run(&args),
        Command::Doctor(args) => return doctor::run(&args).await,
        Command::Keys(command) => keys::run(command).await,
        Command::Ledger(command) => ledger::run(command).await,
        Command::SuppressedAddresses(command) => suppressed_addresses::run(command).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
