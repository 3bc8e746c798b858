use std::borrow::Cow;

use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use webpubsub_auth::{
    ClientAccessClaims, TokenClaims,
    jwt::{self, CLOCK_SKEW},
};

use crate::{clock::Clock, entra, shared::Shared};

/// Why a token was refused, for the log: the answer itself says nothing, as the service's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("there is no token")]
    Missing,
    #[error(transparent)]
    Token(#[from] webpubsub_auth::Error),
    #[error("the token is for {is:?}, not for {expected:?} (`aud` claim)")]
    Audience { is: String, expected: String },
    #[error("Entra ID tokens are not taken, as their signature cannot be checked here")]
    Entra,
    #[error("this operation takes Entra ID tokens only")]
    NotEntra,
}

/// Who a REST request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Someone with an access key.
    Key,
    /// Someone with an Entra ID token.
    Entra,
}

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The host and port the caller used; empty when it names none.
pub(crate) fn host(headers: &HeaderMap) -> &str {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    host.unwrap_or_default()
}

/// Checks the token of a REST request to `url` (host, path and query, without the scheme).
pub(crate) fn check_rest(
    token: Option<&str>,
    shared: &Shared,
    url: &str,
) -> Result<Caller, Refused> {
    let token = token.ok_or(Refused::Missing)?;
    if let Some(claims) = entra::unvalidated_claims(token) {
        if !shared.allow_unvalidated_entra {
            return Err(Refused::Entra);
        }
        check_time(&claims, &shared.clock)?;
        return Ok(Caller::Entra);
    }
    let claims: TokenClaims = shared.keys.verify(token)?;
    check(
        &shared.clock,
        &claims,
        &["http", "https"],
        &[url, without_query(url)],
    )?;
    Ok(Caller::Key)
}

/// Checks the token of a client that connects to `url` (host and path, without the scheme).
pub(crate) fn check_client(
    token: Option<&str>,
    shared: &Shared,
    url: &str,
) -> Result<ClientAccessClaims, Refused> {
    let claims: ClientAccessClaims = shared.keys.verify(token.ok_or(Refused::Missing)?)?;
    check(
        &shared.clock,
        &claims.token,
        &["http", "https", "ws", "wss"],
        &[url],
    )?;
    Ok(claims)
}

fn check(
    clock: &Clock,
    claims: &TokenClaims,
    schemes: &[&str],
    urls: &[&str],
) -> Result<(), Refused> {
    check_time(claims, clock)?;
    let is_for = |url: &&str| is_audience(&claims.aud, schemes, url);
    if urls.iter().any(is_for) {
        Ok(())
    } else {
        Err(Refused::Audience {
            is: without_query(&claims.aud).to_owned(),
            expected: without_query(urls[0]).to_owned(),
        })
    }
}

fn without_query(url: &str) -> &str {
    url.split_once('?').map_or(url, |(url, _)| url)
}

fn check_time(claims: &TokenClaims, clock: &Clock) -> Result<(), Refused> {
    jwt::check_time(claims.exp, claims.nbf, clock.system_now(), CLOCK_SKEW)?;
    Ok(())
}

/// The service compares without regard to case and to how the URL is escaped. A scheme's own port may be named or not:
/// clients differ in whether their `Host` header does.
fn is_audience(audience: &str, schemes: &[&str], url: &str) -> bool {
    let Some((scheme, rest)) = audience.split_once("://") else {
        return false;
    };
    let known = schemes
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    known && normal(rest).eq_ignore_ascii_case(&normal(url))
}

fn normal(url: &str) -> String {
    let (host, path) = url.split_at(url.find('/').unwrap_or(url.len()));
    let own_port = [":80", ":443"];
    let host = own_port
        .iter()
        .find_map(|port| host.strip_suffix(port))
        .unwrap_or(host);
    format!("{host}{}", unescaped(path))
}

fn unescaped(url: &str) -> Cow<'_, str> {
    percent_decode_str(url).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_compared_leniently_but_not_loosely() {
        let url = "localhost:8080/api/hubs/chat/:send?api-version=1&excluded=a%20b";
        let yes = [
            "http://localhost:8080/api/hubs/chat/:send?api-version=1&excluded=a%20b",
            "HTTPS://LOCALHOST:8080/api/hubs/Chat/:send?api-version=1&excluded=a b",
        ];
        let own_port = |audience| is_audience(audience, &["http"], "localhost/x");
        assert!(own_port("http://localhost:80/x") && own_port("http://localhost/x"));
        assert!(!own_port("http://localhost:81/x"));
        assert!(!is_audience(
            "http://localhost/u:80/x",
            &["http"],
            "localhost/u/x"
        ));
        let no = [
            "ws://localhost:8080/api/hubs/chat/:send?api-version=1&excluded=a%20b",
            "localhost:8080/api/hubs/chat/:send?api-version=1&excluded=a%20b",
            "http://localhost:8081/api/hubs/chat/:send?api-version=1&excluded=a%20b",
            "http://localhost:8080/api/hubs/chat/:send",
            "",
        ];
        assert!(
            yes.iter()
                .all(|audience| is_audience(audience, &["http", "https"], url))
        );
        assert!(
            !no.iter()
                .any(|audience| is_audience(audience, &["http", "https"], url))
        );
    }
}
