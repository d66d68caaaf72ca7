//! Sends a READY export's email again.

mod resend;

use resend::Resend;
use shared::{
    aws::{self, Timeouts, exports::ExportsTable, mailer::Mailer},
    config, http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let resend = Resend {
        exports: ExportsTable::new(&aws, config::exports_table()?),
        mailer: Mailer::new(&aws, config::sender_email()?)
            .with_events(config::mail_configuration_set()?),
        link_api_url: config::link_api_url()?,
    };
    http::serve(|request| resend.handle(request)).await
}
