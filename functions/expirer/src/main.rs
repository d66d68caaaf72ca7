//! Expires exports whose marker DynamoDB's TTL has removed.

mod expirer;

use aws_lambda_events::dynamodb::Event;
use expirer::Expirer;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use shared::{
    aws::{self, Timeouts, exports::ExportsTable, files::ExportFiles},
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Background).await;
    let expirer = &Expirer {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        files: ExportFiles::new(&aws, config::exports_bucket()?, config::is_s3_path_style()?),
    };
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        expirer.handle(event.payload)
    }))
    .await
}
