//! Shows one export and, while it is READY, where its file can be fetched.

mod detail;

use detail::Detail;
use shared::{
    aws::{self, Timeouts, exports::ExportsTable, files::ExportFiles},
    config, http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let detail = Detail {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        files: ExportFiles::new(&aws, config::exports_bucket()?, config::is_s3_path_style()?),
    };
    http::serve(|request| detail.handle(request)).await
}
