//! Authorizes callers by their API key and, on the operator API, by the role that they name.

mod authorize;
mod rate_key;

use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerRequestTypeRequest;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use rate_key::RateKeys;
use shared::{
    aws::{self, Timeouts, keys::ApiKeysTable},
    config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::logging::init(env!("CARGO_PKG_NAME"));
    let aws = aws::load(Timeouts::Request).await;
    let keys = ApiKeysTable::new(&aws, config::api_keys_table()?);
    let keys = &keys;
    let rate_keys = &RateKeys::new(config::rate_key_prefix()?);
    lambda_runtime::run(service_fn(
        move |event: LambdaEvent<ApiGatewayCustomAuthorizerRequestTypeRequest>| {
            authorize::authorize(keys, rate_keys, event.payload)
        },
    ))
    .await
}
