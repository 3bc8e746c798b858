use std::{
    pin::Pin,
    time::{Duration, SystemTime},
};

use http::{HeaderValue, request::Parts};

use crate::{AccessKeys, Error, claims_writer::ClaimsWriter, jwt};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Gives a request its `Authorization` header. It is asked anew for each attempt.
pub trait Authorizer: Send + Sync {
    /// The header for this request, whose URL is final.
    fn authorize<'a>(&'a self, request: &'a Parts) -> BoxFuture<'a, Result<HeaderValue, Error>>;

    /// Told that the service answered 401 to a header given here, and so did nothing; whether asking again would give a
    /// different header. Then the request is sent once more.
    fn rejected(&self, header: &HeaderValue) -> bool {
        let _ = header;
        false
    }
}

const BEARER: &str = "Bearer ";

/// The header that carries a token.
#[cfg(feature = "entra")]
pub(crate) fn bearer(token: &str) -> Result<HeaderValue, Error> {
    secret(format!("{BEARER}{token}").into())
}

fn secret(header: Vec<u8>) -> Result<HeaderValue, Error> {
    let mut header =
        HeaderValue::try_from(header).map_err(|_| Error::token("it does not fit a header"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// Authorizes with an access key: a fresh token for each request, good for exactly its URL, query included.
///
/// The request's URL must be absolute, as it is what the token is for.
///
/// ```
/// use webpubsub_auth::{AccessKey, Authorizer as _, KeyAuthorizer, TokenClaims, jwt};
///
/// # async fn authorize() -> Result<(), Box<dyn std::error::Error>> {
/// let key = AccessKey::new("secret")?;
/// let (mut request, ()) = http::Request::get("https://example.com/api/health").body(())?.into_parts();
/// let header = KeyAuthorizer::new(key.clone()).authorize(&request).await?;
///
/// let token = header.to_str()?.trim_start_matches("Bearer ");
/// let claims: TokenClaims = jwt::verify(token, &key)?;
/// assert_eq!(claims.aud, "https://example.com/api/health");
/// request.headers.insert(http::header::AUTHORIZATION, header);
/// # Ok(())
/// # }
/// # let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(matches!(std::pin::pin!(authorize()).poll(context), std::task::Poll::Ready(Ok(()))));
/// ```
#[derive(Debug, Clone)]
pub struct KeyAuthorizer(AccessKeys);

impl KeyAuthorizer {
    /// How long a token is valid: long enough for a slow request, short enough to be worthless when it leaks. The
    /// service allows for clocks that differ by 5 minutes.
    const LIFETIME: Duration = Duration::from_secs(5 * 60);

    /// Signs with this key, or with one of a pair: when the service refuses it, the other takes over.
    #[must_use]
    pub fn new(keys: impl Into<AccessKeys>) -> Self {
        Self(keys.into())
    }

    fn header(&self, request: &Parts, now: SystemTime) -> Result<HeaderValue, Error> {
        let iat = jwt::seconds(now);
        let mut claims = ClaimsWriter::new();
        claims.display("aud", &request.uri);
        claims.number("iat", iat);
        claims.number("exp", iat + Self::LIFETIME.as_secs());
        let key = self.0.in_use();
        secret(jwt::sign_behind(BEARER, &claims.finish(), key))
    }
}

impl Authorizer for KeyAuthorizer {
    fn authorize<'a>(&'a self, request: &'a Parts) -> BoxFuture<'a, Result<HeaderValue, Error>> {
        Box::pin(std::future::ready(self.header(request, SystemTime::now())))
    }

    fn rejected(&self, header: &HeaderValue) -> bool {
        let token = header
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix(BEARER));
        token.is_some_and(|token| self.0.rejected(token))
    }
}
