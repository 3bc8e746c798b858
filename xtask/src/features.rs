use crate::command::{Outcome, run};

/// A crate, and the sets of features it must compile with; each without the default ones.
type Row = (&'static str, &'static [&'static str]);

const ROWS: [Row; 6] = [
    ("webpubsub-protocol", &[""]),
    ("webpubsub-auth", &["", "entra", "identity"]),
    (
        "webpubsub-transport",
        &[
            "",
            "http2",
            "rustls-no-provider",
            "rustls-ring",
            "rustls-aws-lc-rs",
            "rustls-ring rustls-aws-lc-rs",
            "rustls-no-provider http2 webpki-roots",
        ],
    ),
    (
        "webpubsub-client",
        &[
            "",
            "rustls-no-provider",
            "rustls-ring",
            "rustls-aws-lc-rs",
            "rustls-ring webpki-roots",
        ],
    ),
    (
        "webpubsub",
        &[
            "",
            "client",
            "client rustls-ring",
            "blocking",
            "http2",
            "rustls-no-provider",
            "rustls-ring",
            "rustls-aws-lc-rs",
            "rustls-ring webpki-roots",
            "entra",
            "identity rustls-ring",
        ],
    ),
    ("webpubsub-emulator", &["", "tls"]),
];

/// Compiles each crate with each of its sets, alone: what another crate enables is not there to help.
///
/// With clippy, which costs what a check does and also finds what a set leaves without use.
pub(crate) fn check() -> Outcome {
    for (name, sets) in ROWS {
        for features in sets {
            let cargo = ["clippy", "--quiet", "--package", name];
            let features = ["--no-default-features", "--features", features];
            let no_warnings = ["--", "-D", "warnings"];
            run("cargo", &[&cargo[..], &features, &no_warnings].concat())?;
        }
    }
    ["", "rustls-no-provider"]
        .into_iter()
        .try_for_each(refusals)
}

/// The tests of what is said where there is no TLS, or nothing to encrypt with.
fn refusals(features: &str) -> Outcome {
    let cargo = ["test", "--quiet", "--package", "webpubsub-transport"];
    let features = ["--no-default-features", "--features", features];
    let tests = ["--test", "it", "features::"];
    run("cargo", &[&cargo[..], &features, &tests].concat())
}
