//! Lists the links to an export's file, and revokes one.

mod links;
mod wire;

use links::Links;
use shared::{
    aws::{self, Timeouts, exports::ExportsTable},
    config, http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let links = Links {
        exports: ExportsTable::new(&aws, config::exports_table()?),
    };
    http::serve(|request| links.handle(request)).await
}
