//! Client access tokens: ours beside the bare HMAC, and beside the other signers.

use webpubsub_bench::{Figures, Outcome, Program};

use crate::{
    claims,
    document::Document,
    options::Options,
    series::{Contender, Number, interleaved, named},
    subject::Subject,
    target::{Bound, Target},
};

const HMAC: &str = "HMAC of the same bytes, ring";
const OURS: &str = "webpubsub";

pub(crate) async fn measure(options: &Options, document: &mut Document) -> Outcome {
    let many = options.size(1_000_000, 1_000);
    let few = options.size(10_000, 100);
    let warm_up = options.warm_up().to_string();
    let own =
        |signer| -> Outcome<_> { Ok(Some(Program::own("token_load")?.with(["--signer", signer]))) };
    let script = |signer| Some(options.node("token_load.mjs")?.with(["--signer", signer]));
    let signers = [
        (HMAC, own("hmac")?, many),
        (OURS, own("ours")?, many),
        (
            "npm jsonwebtoken, key prepared",
            script("jsonwebtoken"),
            few,
        ),
        ("JavaScript SDK", script("sdk"), few),
        ("Python SDK", options.python("token_load.py"), few),
    ];
    let mut contenders = Vec::new();
    for (name, signer, tokens) in signers {
        if let Some(signer) = &signer {
            let checked = claims::check(signer).await;
            checked.map_err(|error| format!("{name}: {error}"))?;
        }
        let words = ["--tokens", &tokens.to_string(), "--warm-up", &warm_up];
        let subject = Subject::load(signer.map(|signer| signer.with(words)));
        contenders.push(Contender { name, subject });
    }
    let series = interleaved(contenders, options.rounds()).await;

    document.chapter(
        "Client access tokens",
        "A token with a user, two roles, a group, `iat` and `exp`, the same claims from all, which is checked; the access key is reused, \
         everything else made for each.",
    );
    let columns: [(&str, Number); 1] = [("CPU, µs each", |figures| figures.cpu_each() * 1e6)];
    document.contenders("signer", &columns, &series);
    let seen = named(&series, OURS)?.ratio(named(&series, HMAC)?, Figures::cpu_each)?;
    let what = "client access token: CPU, times that of the bare HMAC";
    document.target(Target::new(what, Bound::AtMost(2.2), seen));
    Ok(())
}
