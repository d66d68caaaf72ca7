//! Connections.

use std::{net::Ipv4Addr, sync::Arc};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    network::{Network, Slowed},
    server::Server,
};

/// Takes a port; 0 takes any that is free.
pub async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Serves until the process ends.
pub async fn serve(
    listener: TcpListener,
    server: Arc<Server>,
    tls: Option<TlsAcceptor>,
    network: Option<Network>,
) {
    loop {
        // A client that is gone before it is served is no concern of the others.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let _ = stream.set_nodelay(true);
        let server = Arc::clone(&server);
        let tls = tls.clone();
        match &network {
            None => tokio::spawn(secure(stream, server, tls)),
            Some(network) => tokio::spawn(secure(Slowed::new(stream, network), server, tls)),
        };
    }
}

async fn secure(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    server: Arc<Server>,
    tls: Option<TlsAcceptor>,
) {
    match tls {
        None => connection(stream, server).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                connection(stream, server).await;
            }
        }
    }
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + Send, server: Arc<Server>) {
    let service = service_fn(|request| Arc::clone(&server).answer(request));
    // A connection that breaks is its client's to open again.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
