use std::{
    net::{Ipv4Addr, SocketAddr},
    process::{Output, Stdio},
};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command},
};
use webpubsub_auth::ConnectionString;

use crate::support::{HANDSHAKE, bearer, exchange, head, soon};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_webpubsub-emulator"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Starts the program; gives it and the connection string it prints.
async fn started(arguments: &[&str]) -> (Child, ConnectionString) {
    let mut child = program(arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = soon(lines.next_line()).await.unwrap().unwrap();
    assert!(line.starts_with("Endpoint="), "{line}");
    (child, line.parse().unwrap())
}

async fn ended(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = soon(program(arguments).output()).await.unwrap();
    (
        status.code(),
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

#[cfg(unix)]
#[tokio::test]
async fn it_serves_until_a_signal_and_ends_well() {
    for signal in ["-TERM", "-INT"] {
        let (mut child, connection) = started(&[
            "--port",
            "0",
            "--access-key",
            "my-key",
            "--secondary-access-key",
            "my-other-key",
        ])
        .await;
        assert_eq!(connection.access_key().expose_secret(), "my-key");
        let address = (
            connection.endpoint().host(),
            connection.endpoint().port().unwrap(),
        );
        TcpStream::connect(address).await.unwrap();
        let id = child.id().unwrap().to_string();
        Command::new("kill")
            .args([signal, &id])
            .status()
            .await
            .unwrap();
        assert_eq!(soon(child.wait()).await.unwrap().code(), Some(0));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn with_tls_it_names_the_file_of_its_certificate() {
    let asked = std::env::temp_dir().join(format!("it-{}.pem", std::process::id()));
    let asked = asked.to_str().unwrap();
    for (arguments, stays) in [
        (&["--port", "0", "--tls"][..], false),
        (&["--port", "0", "--tls-certificate-file", asked], true),
    ] {
        let mut child = program(arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = soon(lines.next_line()).await.unwrap().unwrap();
        let path = line.strip_prefix("Certificate=").unwrap();
        assert_eq!(path == asked, stays);
        let pem = std::fs::read_to_string(path).unwrap();
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"), "{pem}");
        let line = soon(lines.next_line()).await.unwrap().unwrap();
        assert!(line.starts_with("Endpoint=https://"), "{line}");

        let id = child.id().unwrap().to_string();
        let kill = Command::new("kill").args(["-TERM", &id]).status();
        assert!(kill.await.unwrap().success());
        assert_eq!(soon(child.wait()).await.unwrap().code(), Some(0));
        assert_eq!(std::path::Path::new(path).exists(), stays);
    }
    std::fs::remove_file(asked).unwrap();
}

#[tokio::test]
async fn a_certificate_that_cannot_be_written_is_one_line_and_exit_code_1() {
    let nowhere = std::env::temp_dir().join("there/is/no/such/folder.pem");
    let nowhere = nowhere.to_str().unwrap();
    let (code, stdout, stderr) = ended(&["--port", "0", "--tls-certificate-file", nowhere]).await;
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("cannot write the certificate"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[tokio::test]
async fn it_warns_of_tokens_that_are_not_validated() {
    let (mut child, _) = started(&["--port", "0", "--allow-unvalidated-entra"]).await;
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = soon(lines.next_line()).await.unwrap().unwrap();
    assert!(
        line.contains("without a check of their signature"),
        "{line}"
    );
}

#[tokio::test]
async fn verbose_says_how_requests_were_answered_and_why_tokens_were_refused() {
    let (mut child, connection) = started(&["--port", "0", "--verbose"]).await;
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let endpoint = connection.endpoint();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, endpoint.port().unwrap()));
    let path = "/api/hubs/h/users/ann?api-version=2024-12-01";
    let url = |path| format!("{endpoint}{path}");
    let mut log = async |method, path: &str, headers: &[&str], count| {
        let stream = TcpStream::connect(address).await.unwrap();
        let request = head(method, path, address, headers);
        exchange(stream, request.as_bytes()).await;
        let mut said = Vec::new();
        for _ in 0..count {
            let line = soon(lines.next_line()).await.unwrap().unwrap();
            let (_time, event) = line.trim().split_once(' ').unwrap();
            said.push(event.trim().replace(&address.to_string(), "[address]"));
        }
        said.join("\n")
    };
    let elsewhere = bearer(&url("/api/hubs/o/users/ann?x=y"));
    let connecting = "/client/hubs/h?access_token=SECRET";
    let log = [
        log("HEAD", path, &[&bearer(&url(path))], 1).await,
        log("HEAD", path, &[], 2).await,
        log("HEAD", path, &[&elsewhere], 2).await,
        log("HEAD", path, &["authorization: Bearer SECRET"], 2).await,
        log("GET", connecting, &HANDSHAKE, 2).await,
    ];
    insta::assert_snapshot!(log.join("\n"));
}

#[tokio::test]
async fn a_port_in_use_is_one_line_and_exit_code_1() {
    let (_child, connection) = started(&["--port", "0"]).await;
    let port = connection.endpoint().port().unwrap().to_string();
    let (code, stdout, stderr) = ended(&["--port", &port]).await;
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(
        stderr.contains(&format!("127.0.0.1:{port} is already in use")),
        "{stderr}"
    );
}

#[tokio::test]
async fn wrong_use_is_exit_code_2_and_says_what_is_wrong() {
    for (arguments, said) in [
        (&["--fly"][..], "--fly"),
        (&["--port", "99999"], "99999"),
        (&["--host"], "--host"),
        (&["--access-key", "a;b"], "access key"),
        (&["x"], "x"),
    ] {
        let (code, _, stderr) = ended(arguments).await;
        assert_eq!(code, Some(2));
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[tokio::test]
async fn help_and_version_are_printed() {
    let (code, help, _) = ended(&["--help"]).await;
    assert_eq!(code, Some(0));
    assert!(help.contains("--access-key <KEY>"), "{help}");
    let version = ended(&["--version"]).await.1;
    assert_eq!(
        version,
        concat!("webpubsub-emulator ", env!("CARGO_PKG_VERSION"), "\n")
    );
}
