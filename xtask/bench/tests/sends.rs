//! All clients send the agreed body to the service of the comparison, which takes no other.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use webpubsub_bench::{Figures, Program, process::Process, sends};

async fn service() -> Process {
    let program = Program::at("rest_service", env!("CARGO_BIN_EXE_rest_service").into());
    Process::start(&program).await.unwrap()
}

/// Where it is reached in clear.
fn address(service: &Process) -> &str {
    service.address().split(' ').next().unwrap()
}

#[tokio::test]
async fn every_client_sends_the_agreed_body() {
    let service = service().await;
    let words: Vec<_> = service.address().split(' ').collect();
    let [clear, http1, http2, certificate] = words[..] else {
        panic!("{words:?}");
    };
    for (client, endpoint) in [
        ("async", format!("http://{clear}")),
        ("blocking", format!("http://{clear}")),
        ("hyper", format!("http://{clear}")),
        ("async", format!("https://{http1}")),
        ("async", format!("https://{http2}")),
    ] {
        let load = Program::at("rest_load", env!("CARGO_BIN_EXE_rest_load").into())
            .with(["--client", client, "--endpoint", &endpoint])
            .with(["--certificate", certificate])
            .with(["--warm-up", "1", "--sends", "3"]);
        let output = load.command().output().await.unwrap();
        assert!(output.status.success(), "{client}: {output:?}");
        let figures: Figures = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(figures.operations, 3);
    }
    service.end().await.unwrap();
}

#[tokio::test]
async fn another_body_is_refused() {
    let service = service().await;
    let agreed = sends::body();
    let spaced = agreed.replace(' ', "  ");
    for (body, status) in [(agreed, "202"), (spaced, "400")] {
        let mut stream = TcpStream::connect(address(&service)).await.unwrap();
        let length = body.len();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
    }
    service.end().await.unwrap();
}
