//! Lists the exports of a dataset.

mod list;

use list::List;
use shared::{
    aws::{self, Timeouts, exports::ExportsTable},
    config, http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let list = List {
        exports: ExportsTable::new(&aws, config::exports_table()?),
    };
    http::serve(|request| list.handle(request)).await
}
