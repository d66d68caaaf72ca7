//! Makes, shows, changes and deletes schedules.

mod route;
mod schedules;

use schedules::Schedules;
use shared::{
    aws::{self, Timeouts, exports::ExportsTable, scheduler::Scheduler},
    config, http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let schedules = Schedules {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        scheduler: Scheduler::new(&aws, config::scheduler()?),
    };
    http::serve(|request| schedules.handle(request)).await
}
