//! Where messages may be sent: a service that calls addresses which others choose must not be
//! made to call into its own network.
//!
//! An address is checked when it is given, and the addresses that its host resolves to on each
//! connection anew: a name may resolve to something else by then.

use super::address::is_public;
use hyper_util::client::legacy::connect::dns::Name;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;
use url::{Host, Url};

/// How long a name may take to resolve when an endpoint is registered.
const LOOKUP_TIME_MAX: Duration = Duration::from_secs(5);
/// The longest address of an endpoint, in bytes.
const URL_BYTES_MAX: usize = 2_000;

/// Why messages are not sent to an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// It is no URL, or too long a one.
    #[error(
        "this is not a URL of at most {URL_BYTES_MAX} bytes: give one such as https://shop.example/hooks"
    )]
    NoUrl,
    /// Of another scheme.
    #[error("webhooks are sent by https: give a URL that begins with https://")]
    Scheme,
    /// With a user or a password in it.
    #[error(
        "the URL holds a user or a password: leave it out, messages are known by their signature"
    )]
    Credentials,
    /// The host's name does not resolve.
    #[error("the host of the URL does not resolve: check its name")]
    Unresolved,
    /// The host is, or resolves to, an address that is not public.
    #[error(
        "the host is at {0}, which is not a public address: webhooks are sent to public ones only"
    )]
    NotPublic(IpAddr),
}

/// The addresses of a name.
pub type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// What a host is checked by. Clones are the same.
#[derive(Clone)]
pub struct Guard {
    allows_private: bool,
    lookup: Arc<dyn Fn(String) -> Looking + Send + Sync>,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("allows_private", &self.allows_private)
            .finish_non_exhaustive()
    }
}

impl Guard {
    /// A guard that resolves names as the machine does. If it `allows_private`, any address and
    /// plain http will do.
    #[must_use]
    pub fn new(allows_private: bool) -> Self {
        Self::resolving(allows_private, |name| {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            })
        })
    }

    /// A guard that resolves names in its own way.
    #[must_use]
    pub fn resolving(
        allows_private: bool,
        lookup: impl Fn(String) -> Looking + Send + Sync + 'static,
    ) -> Self {
        Self { allows_private, lookup: Arc::new(lookup) }
    }

    /// Checks an address and where its host is now.
    ///
    /// # Errors
    /// [`GuardError`].
    pub async fn admit(&self, text: &str) -> Result<Url, GuardError> {
        let url = self.parse(text)?;
        if let Some(Host::Domain(name)) = url.host() {
            let looked = tokio::time::timeout(LOOKUP_TIME_MAX, self.resolve(name.to_owned())).await;
            looked.unwrap_or(Err(GuardError::Unresolved))?;
        }
        Ok(url)
    }

    /// Checks all of an address that can be known without resolving its host: a numeric host is
    /// never resolved.
    ///
    /// # Errors
    /// [`GuardError`].
    pub(super) fn parse(&self, text: &str) -> Result<Url, GuardError> {
        let url = Url::parse(text).ok().filter(|_| text.len() <= URL_BYTES_MAX);
        let url = url.ok_or(GuardError::NoUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self.allows_private => {}
            _ => return Err(GuardError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(GuardError::Credentials);
        }
        match url.host() {
            Some(Host::Ipv4(address)) => self.check(address.into())?,
            Some(Host::Ipv6(address)) => self.check(address.into())?,
            Some(Host::Domain(_)) => {}
            None => return Err(GuardError::NoUrl),
        }
        Ok(url)
    }

    fn check(&self, address: IpAddr) -> Result<(), GuardError> {
        if self.allows_private || is_public(address) {
            Ok(())
        } else {
            Err(GuardError::NotPublic(address))
        }
    }

    /// The addresses of a name, if every one of them may be called.
    async fn resolve(&self, name: String) -> Result<Vec<IpAddr>, GuardError> {
        let found = (self.lookup)(name).await.map_err(|_| GuardError::Unresolved)?;
        if found.is_empty() {
            return Err(GuardError::Unresolved);
        }
        found.iter().try_for_each(|&address| self.check(address))?;
        Ok(found)
    }
}

/// The client resolves hosts by this, once for each connection.
impl Service<Name> for Guard {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = GuardError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, GuardError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), GuardError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let guard = self.clone();
        Box::pin(async move {
            let found = guard.resolve(name.as_str().to_owned()).await?;
            let of_no_port = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(of_no_port.collect::<Vec<_>>().into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_https_to_public_hosts_without_credentials() {
        let guard = Guard::resolving(false, |name| {
            Box::pin(async move {
                match name.as_str() {
                    "shop.example" => Ok(vec!["93.184.215.14".parse().unwrap()]),
                    "half.example" => {
                        Ok(vec!["93.184.215.14".parse().unwrap(), "10.0.0.1".parse().unwrap()])
                    }
                    _ => Err(io::ErrorKind::NotFound.into()),
                }
            })
        });
        assert!(guard.admit("https://shop.example/hooks?tenant=7").await.is_ok());
        let private = |text: &str| GuardError::NotPublic(text.parse().unwrap());
        for (url, expected) in [
            ("shop.example", GuardError::NoUrl),
            ("http://shop.example", GuardError::Scheme),
            ("file:///etc/passwd", GuardError::Scheme),
            ("https://user:pw@shop.example", GuardError::Credentials),
            ("https://nowhere.example", GuardError::Unresolved),
            ("https://half.example", private("10.0.0.1")),
            ("https://127.0.0.1:8443/", private("127.0.0.1")),
            ("https://2130706433/", private("127.0.0.1")),
            ("https://0x7f.1/", private("127.0.0.1")),
            ("https://[::1]/", private("::1")),
            ("https://[::ffff:169.254.169.254]/", private("::ffff:169.254.169.254")),
        ] {
            assert_eq!(guard.admit(url).await, Err(expected), "{url}");
        }
        assert!(Guard::new(true).admit("http://127.0.0.1:9/").await.is_ok());
    }
}
