//! A certificate authority of the server's own, and a certificate for the loopback interface.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// Makes both, and writes the authority's certificate where clients are told to look for it.
pub fn acceptor(ca_file: &Path) -> anyhow::Result<TlsAcceptor> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    // Of the same name as the certificate's, it would be taken for the certificate itself.
    authority
        .distinguished_name
        .push(DnType::CommonName, "bench authority");
    let certificate = authority.self_signed(&authority_key)?;
    std::fs::write(ca_file, certificate.pem())
        .with_context(|| format!("{} cannot be written", ca_file.display()))?;

    let key = KeyPair::generate()?;
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let issuer = Issuer::new(authority, authority_key);
    let leaf = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
