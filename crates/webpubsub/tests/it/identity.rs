//! Credentials of azure_identity get tokens from local endpoints, over this crate's transport.

use std::{
    env,
    net::SocketAddr,
    process::Stdio,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use http::Request;
use rcgen::{CertificateParams, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    process::Command,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;
use webpubsub::{Authorizer as _, Identity, identity, transport::TransportConfig};
use webpubsub_auth::EntraAuthorizer;

use crate::support::soon;

/// Answers requests for tokens, and notes their heads and bodies.
struct TokenEndpoint {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl TokenEndpoint {
    async fn start(tls: Option<TlsAcceptor>, status: &'static str, body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&asked);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, noted, body) = (tls.clone(), Arc::clone(&noted), body.clone());
                connections.spawn(async move {
                    match tls {
                        Some(tls) => {
                            serve(tls.accept(stream).await.unwrap(), &noted, status, &body).await;
                        }
                        None => serve::<TcpStream>(stream, &noted, status, &body).await,
                    }
                });
            }
        });
        Self {
            address,
            asked,
            _tasks: tasks,
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    noted: &Mutex<Vec<String>>,
    status: &str,
    body: &str,
) {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !is_whole(&request) {
        match stream.read(&mut buffer).await {
            Ok(read @ 1..) => request.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    noted
        .lock()
        .unwrap()
        .push(String::from_utf8(request).unwrap());
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .await
        .unwrap();
    let _ = stream.shutdown().await;
}

/// Whether a request has arrived up to the end of its body.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.trim().parse().unwrap())
}

/// An authority with TLS, and credentials that trust it.
async fn authority(status: &'static str, body: &str) -> (TokenEndpoint, Identity) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let endpoint = TokenEndpoint::start(Some(acceptor), status, body.to_owned()).await;
    let mut config = TransportConfig::default();
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(certificate.der())
    );
    config.tls.add_root_certificates(pem).unwrap();
    let host = format!("https://localhost:{}", endpoint.address.port());
    let identity = identity(&config).unwrap().authority_host(host);
    (endpoint, identity)
}

const TOKEN: &str = r#"{"token_type":"Bearer","expires_in":3600,"access_token":"a-token"}"#;

async fn header(authorizer: &EntraAuthorizer) -> Result<String, webpubsub_auth::Error> {
    let (request, ()) = Request::get("https://example.com")
        .body(())
        .unwrap()
        .into_parts();
    let header = soon(authorizer.authorize(&request)).await?;
    Ok(header.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_client_secret_gets_one_token_for_ten_callers() {
    let (endpoint, identity) = authority("200 OK", TOKEN).await;
    let credential = identity.client_secret("tenant", "app", "secret").unwrap();
    let authorizer = EntraAuthorizer::new(credential);
    let headers = join_all((0..10).map(|_| header(&authorizer))).await;
    assert!(
        headers
            .iter()
            .all(|header| header.as_ref().unwrap() == "Bearer a-token")
    );
    let asked = endpoint.asked();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].starts_with("POST /tenant/oauth2/v2.0/token HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(asked[0].contains("client_secret=secret"));
}

#[tokio::test]
async fn ten_callers_share_one_refusal() {
    let (endpoint, identity) = authority("401 Unauthorized", r#"{"error":"invalid_client"}"#).await;
    let credential = identity.client_secret("tenant", "app", "wrong").unwrap();
    let authorizer = EntraAuthorizer::new(credential);
    let headers = join_all((0..10).map(|_| header(&authorizer))).await;
    assert!(headers.iter().all(Result::is_err));
    assert_eq!(endpoint.asked().len(), 1);
}

#[tokio::test]
async fn a_workload_identity_gets_a_token() {
    let folder = env::temp_dir().join(format!("webpubsub-identity-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("token");
    std::fs::write(&file, "signed-by-kubernetes").unwrap();
    let (endpoint, identity) = authority("200 OK", TOKEN).await;
    let path = file.to_str().unwrap().to_owned();
    let identity = identity.client_id("app").variables(move |name| match name {
        "AZURE_TENANT_ID" => Some("tenant".to_owned()),
        "AZURE_FEDERATED_TOKEN_FILE" => Some(path.clone()),
        _ => None,
    });
    let credential = identity.workload_identity().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(
        header(&EntraAuthorizer::new(credential)).await.unwrap(),
        "Bearer a-token"
    );
    assert!(endpoint.asked()[0].contains("client_assertion=signed-by-kubernetes"));
}

/// azure_identity asks the process' environment where App Service's endpoint is, so the test runs itself once more, in
/// a process with that environment.
#[tokio::test]
async fn a_managed_identity_of_app_service_gets_one_token_for_ten_callers() {
    if env::var_os("IDENTITY_ENDPOINT").is_some() {
        let identity = identity(&TransportConfig::default()).unwrap();
        let authorizer = EntraAuthorizer::new(identity.managed_identity().unwrap());
        let headers = join_all((0..10).map(|_| header(&authorizer))).await;
        assert!(
            headers
                .iter()
                .all(|header| header.as_ref().unwrap() == "Bearer a-token")
        );
        return;
    }
    let body = r#"{"access_token":"a-token","expires_on":"4102444800","resource":"x","token_type":"Bearer"}"#;
    let endpoint = TokenEndpoint::start(None, "200 OK", body.to_owned()).await;
    let name = "identity::a_managed_identity_of_app_service_gets_one_token_for_ten_callers";
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", name])
        .env(
            "IDENTITY_ENDPOINT",
            format!("http://{}/msi/token", endpoint.address),
        )
        .env("IDENTITY_HEADER", "a-secret")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = soon(child).await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
    let asked = endpoint.asked();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].starts_with("GET /msi/token?api-version="),
        "{}",
        asked[0]
    );
    assert!(
        asked[0]
            .to_ascii_lowercase()
            .contains("x-identity-header: a-secret")
    );
}
