//! Serves the Back Office page.

mod console;

use shared::http;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda_http::tracing::init_default_subscriber();
    http::serve(console::handle).await
}
