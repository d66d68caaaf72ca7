//! Keeps requests to the public internet, whatever a name leads to.

use std::{error::Error, fmt};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use shared::domain::webhook::target::Reach;

/// Looks a name up once for each connection, and gives its addresses away only if all of them may be called. The connection
/// is made to one of these: nobody looks the name up again, so its answer cannot change in between.
#[derive(Clone, Debug)]
pub struct Guard<R> {
    pub resolver: R,
    pub reach: Reach,
}

/// The name leads to an address that may not be called.
#[derive(Debug)]
pub struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address is not on the public internet")
    }
}

impl Error for NotPublic {}

impl<R: ResolveDns> ResolveDns for Guard<R> {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let addresses = self.resolver.resolve_dns(name).await?;
            if addresses.iter().all(|address| self.reach.allows(*address)) {
                Ok(addresses)
            } else {
                Err(ResolveDnsError::new(NotPublic))
            }
        })
    }
}

#[cfg(test)]
pub mod scripted {
    use std::{
        collections::VecDeque,
        net::IpAddr,
        sync::{Arc, Mutex},
    };

    use super::*;

    /// A resolver that gives each answer once.
    #[derive(Clone, Debug)]
    pub struct Scripted(Arc<Mutex<VecDeque<Vec<IpAddr>>>>);

    impl Scripted {
        pub fn new(answers: &[&[&str]]) -> Self {
            let parse = |answer: &&[&str]| answer.iter().map(|it| it.parse().unwrap()).collect();
            Self(Arc::new(Mutex::new(answers.iter().map(parse).collect())))
        }

        /// How many answers nobody has asked for.
        pub fn left(&self) -> usize {
            self.0.lock().unwrap().len()
        }
    }

    impl ResolveDns for Scripted {
        fn resolve_dns<'a>(&'a self, _name: &'a str) -> DnsFuture<'a> {
            let answer = self.0.lock().unwrap().pop_front();
            DnsFuture::ready(answer.ok_or_else(|| ResolveDnsError::new("no such name")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{scripted::Scripted, *};

    async fn lookup(answer: &[&str], reach: Reach) -> bool {
        let guard = Guard {
            resolver: Scripted::new(&[answer]),
            reach,
        };
        guard.resolve_dns("hooks.example.com").await.is_ok()
    }

    #[tokio::test]
    async fn a_name_must_lead_to_the_internet_with_all_its_addresses() {
        assert!(lookup(&["1.1.1.1", "2606:4700:4700::1111"], Reach::Public).await);
        for answer in [
            &["10.0.0.1"][..],
            &["169.254.169.254"],
            &["127.0.0.1"],
            &["::1"],
            &["fd00:ec2::254"],
            &["::ffff:10.0.0.1"],
            &["1.1.1.1", "10.0.0.1"],
        ] {
            assert!(!lookup(answer, Reach::Public).await, "{answer:?}");
        }
        assert!(lookup(&["127.0.0.1"], Reach::PublicAndLoopback).await);
        assert!(!lookup(&["10.0.0.1"], Reach::PublicAndLoopback).await);
    }

    #[tokio::test]
    async fn an_answer_that_changes_is_checked_each_time() {
        let guard = Guard {
            resolver: Scripted::new(&[&["1.1.1.1"], &["169.254.169.254"]]),
            reach: Reach::Public,
        };
        let first = guard.resolve_dns("hooks.example.com").await.unwrap();
        assert_eq!(first, ["1.1.1.1".parse::<std::net::IpAddr>().unwrap()]);
        assert!(guard.resolve_dns("hooks.example.com").await.is_err());
    }
}
