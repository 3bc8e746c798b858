//! Credentials of azure_identity over a service that answers from memory.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::{Ready, ready},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use azure_core::credentials::TokenCredential;
use bytes::Bytes;
use futures_util::future::join_all;
use http::{Request, Response};
use tower_service::Service;
use webpubsub_auth::{Authorizer as _, EntraAuthorizer, ErrorKind, Identity};

/// Gives every request the same answer, and notes what was asked.
#[derive(Clone)]
struct Authority {
    status: u16,
    body: &'static str,
    asked: Arc<Mutex<Vec<String>>>,
}

const TOKEN: &str = r#"{"token_type":"Bearer","expires_in":3600,"access_token":"CANARY-token"}"#;

impl Authority {
    fn new(status: u16, body: &'static str) -> Self {
        let asked = Arc::default();
        Self {
            status,
            body,
            asked,
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Service<Request<Bytes>> for Authority {
    type Response = Response<Bytes>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Bytes>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let body = String::from_utf8_lossy(request.body());
        let line = format!("{} {} {body}", request.method(), request.uri());
        self.asked.lock().unwrap().push(line);
        let response = Response::builder().status(self.status);
        ready(Ok(response.body(Bytes::from(self.body)).unwrap()))
    }
}

/// Variables that are set, and no others.
fn variables(
    set: &[(&'static str, &str)],
) -> impl Fn(&str) -> Option<String> + Send + Sync + use<> {
    let set: HashMap<_, _> = set
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    move |name| set.get(name).cloned()
}

async fn header(credential: Arc<dyn TokenCredential>) -> Result<String, webpubsub_auth::Error> {
    let (request, ()) = Request::get("https://example.com")
        .body(())
        .unwrap()
        .into_parts();
    let header = EntraAuthorizer::new(credential).authorize(&request).await?;
    assert!(header.is_sensitive());
    Ok(header.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_client_secret_gets_a_token_through_the_service() {
    let authority = Authority::new(200, TOKEN);
    let identity = Identity::new(authority.clone()).variables(|_| None);
    let credential = identity
        .client_secret("tenant", "app", "CANARY-secret")
        .unwrap();
    assert_eq!(header(credential).await.unwrap(), "Bearer CANARY-token");
    insta::assert_snapshot!(authority.asked().join("\n"), @"POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token client_id=app&client_secret=CANARY-secret&grant_type=client_credentials&scope=https%3A%2F%2Fwebpubsub.azure.com%2F.default");
    assert!(!format!("{identity:?}").contains("CANARY"));
}

#[tokio::test]
async fn a_workload_identity_gets_a_token_for_its_file() {
    let folder = std::env::temp_dir().join(format!("webpubsub-auth-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("federated-token");
    std::fs::write(&file, "signed-by-kubernetes").unwrap();

    let authority = Authority::new(200, TOKEN);
    let identity = Identity::new(authority.clone())
        .authority_host("https://login.example.com")
        .client_id("app")
        .variables(variables(&[
            ("AZURE_TENANT_ID", "tenant"),
            ("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap()),
        ]));
    let credential = identity.workload_identity().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(header(credential).await.unwrap(), "Bearer CANARY-token");
    insta::assert_snapshot!(authority.asked().join("\n"), @"POST https://login.example.com/tenant/oauth2/v2.0/token client_assertion=signed-by-kubernetes&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_id=app&grant_type=client_credentials&scope=https%3A%2F%2Fwebpubsub.azure.com%2F.default");
}

#[tokio::test]
async fn the_default_credential_takes_the_first_that_works_and_keeps_it() {
    let authority = Authority::new(200, TOKEN);
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let set = variables(&[
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "app"),
        ("AZURE_CLIENT_SECRET", "secret"),
    ]);
    let identity = Identity::new(authority.clone()).variables(move |name| {
        counter.fetch_add(1, Ordering::Relaxed);
        set(name)
    });
    let credential = identity.default_credential();
    assert_eq!(
        header(Arc::clone(&credential)).await.unwrap(),
        "Bearer CANARY-token"
    );
    let looked_up = asked.load(Ordering::Relaxed);
    assert_eq!(header(credential).await.unwrap(), "Bearer CANARY-token");
    assert_eq!(asked.load(Ordering::Relaxed), looked_up);
    assert!(authority.asked()[0].contains("/tenant/oauth2"));
}

#[tokio::test]
async fn a_credential_that_is_configured_but_fails_is_not_passed_over() {
    let authority = Authority::new(401, r#"{"error":"invalid_client"}"#);
    let set = variables(&[
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "app"),
        ("AZURE_CLIENT_SECRET", "expired"),
    ]);
    let identity = Identity::new(authority.clone()).variables(set);
    let error = header(identity.default_credential()).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        source.starts_with("environment is configured, but failed: "),
        "{source}"
    );
    assert_eq!(authority.asked().len(), 1);
}

#[tokio::test]
async fn a_default_credential_that_finds_none_tells_what_each_said() {
    let authority = Authority::new(400, r#"{"error":"invalid_request"}"#);
    let set = variables(&[("AZURE_TENANT_ID", "tenant"), ("AZURE_CLIENT_ID", "app")]);
    let credential = Identity::new(authority).variables(set).default_credential();
    let error = header(credential).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(
        error.to_string(),
        "the credential gave no token for the scope https://webpubsub.azure.com/.default"
    );
    let source = std::error::Error::source(&error).unwrap().to_string();
    let steps: Vec<_> = source.split("; ").collect();
    assert_eq!(
        steps[..3],
        [
            "no credential gave a token",
            "environment: AZURE_CLIENT_SECRET not set",
            "workload identity: AZURE_FEDERATED_TOKEN_FILE not set",
        ]
    );
    for (step, name) in
        steps[3..]
            .iter()
            .zip(["managed identity: ", "Azure CLI: ", "Azure Developer CLI: "])
    {
        assert!(
            step.starts_with(name) && step.len() > name.len(),
            "{source}"
        );
    }
}

#[tokio::test]
async fn ten_callers_at_once_ask_once_whatever_the_answer() {
    for (status, body, succeeds) in [(200, TOKEN, true), (401, "{}", false)] {
        let authority = Authority::new(status, body);
        let identity = Identity::new(authority.clone()).variables(|_| None);
        let credential = identity.client_secret("tenant", "app", "secret").unwrap();
        let authorizer = EntraAuthorizer::new(credential);
        let (request, ()) = Request::get("https://example.com")
            .body(())
            .unwrap()
            .into_parts();
        let outcomes = join_all((0..10).map(|_| authorizer.authorize(&request))).await;
        assert!(outcomes.iter().all(|outcome| outcome.is_ok() == succeeds));
        assert_eq!(authority.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_refused_token_is_asked_for_anew() {
    let authority = Authority::new(200, TOKEN);
    let identity = Identity::new(authority.clone()).variables(|_| None);
    let credential = identity.client_secret("tenant", "app", "secret").unwrap();
    let authorizer = EntraAuthorizer::new(credential);
    let (request, ()) = Request::get("https://example.com")
        .body(())
        .unwrap()
        .into_parts();
    let header = authorizer.authorize(&request).await.unwrap();
    assert!(authorizer.rejected(&header));
    authorizer.authorize(&request).await.unwrap();
}

#[test]
fn what_cannot_be_a_credential_says_which_and_why() {
    let identity = Identity::new(Authority::new(200, TOKEN)).variables(|_| None);
    for made in [
        identity.client_secret("", "app", "secret"),
        identity.client_secret("tenant", "app", ""),
        identity
            .clone()
            .authority_host("http://insecure.example.com")
            .client_secret("tenant", "app", "secret"),
        identity.workload_identity(),
    ] {
        let error = made.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.to_string().ends_with("credential could not be made"));
        assert!(std::error::Error::source(&error).is_some());
    }
}
