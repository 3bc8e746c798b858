//! Sends over REST: ours beside the client it stands on, and beside the other SDKs.

use webpubsub_bench::{Figures, Outcome, Program, process::Process, sends};

use crate::{
    cores,
    document::Document,
    options::Options,
    series::{Contender, Number, Series, interleaved, named},
    subject::Subject,
    target::{Bound, Target},
};

const FLOOR: &str = "hyper-util's client, a token";
const OURS: &str = "webpubsub";
const BLOCKING: &str = "webpubsub, blocking";
const HTTP1: &str = "webpubsub, TLS, HTTP/1.1";
const HTTP2: &str = "webpubsub, TLS, HTTP/2";
const SYNC: &str = "Python SDK";
const AIO: &str = "Python SDK, aio";
const JAVASCRIPT: &str = "JavaScript SDK";

/// Where the service is reached.
struct Service {
    clear: String,
    http1: String,
    http2: String,
    certificate: String,
}

pub(crate) async fn measure(options: &Options, document: &mut Document) -> Outcome {
    let service = Program::own("rest_service")?.on_core(cores::other()?);
    let process = Process::start(&service).await?;
    let service = Service::at(process.address())?;
    let many = options.size(30_000, 300);
    let few = options.size(2_000, 20);
    let peers = |at_once| {
        let python = |client| Some(options.python("rest_load.py")?.with(["--client", client]));
        let script = options.node("rest_load.mjs");
        let load = Load::new(options, &service.clear, at_once, few);
        [
            (SYNC, python("sync")),
            (AIO, python("aio")),
            (JAVASCRIPT, script),
        ]
        .map(|(name, program)| {
            let program = program.map(|program| program.with(["--text", sends::TEXT]));
            load.of(name, program)
        })
    };

    let clear = Load::new(options, &service.clear, 64, many);
    let http1 = Load::new(options, &service.http1, 64, many);
    let http2 = Load::new(options, &service.http2, 64, many);
    let mut at_64 = vec![
        clear.of(FLOOR, own("hyper")?),
        clear.of(OURS, own("async")?),
        http1.of(HTTP1, trusting(&service)?),
        http2.of(HTTP2, trusting(&service)?),
    ];
    at_64.extend(peers(64));
    let at_64 = interleaved(at_64, options.rounds()).await;

    let clear = Load::new(options, &service.clear, 1, many / 3);
    let mut at_1 = vec![
        clear.of(FLOOR, own("hyper")?),
        clear.of(OURS, own("async")?),
        clear.of(BLOCKING, own("blocking")?),
    ];
    at_1.extend(peers(1));
    let at_1 = interleaved(at_1, options.rounds()).await;
    process.end().await?;

    document.chapter(
        "Sends over REST",
        &format!(
            "`send_to_all` of a JSON string through the default stack, a fresh token for each request, to a service that answers 202 at \
             once; first 64 at once, then one after the other. The body is the same {} bytes for all, which the service checks; {} sends \
             come before those that are counted. HTTP/2 is only spoken over TLS, so it stands beside HTTP/1.1 over TLS.",
            sends::body().len(),
            options.warm_up()
        ),
    );
    table(document, "64 at once", &at_64);
    table(document, "one by one", &at_1);
    targets(document, &at_64, &at_1)
}

fn targets(document: &mut Document, at_64: &[Series], at_1: &[Series]) -> Outcome {
    let cpu = Figures::cpu_each;
    let ours = named(at_64, OURS)?;
    let seen = ours.ratio(named(at_64, FLOOR)?, cpu)?;
    let what = "REST send, 64 at once: CPU, times that of hyper-util's client and a token";
    document.target(Target::new(what, Bound::AtMost(1.10), seen));
    let p50 = |figures: &Figures| figures.p50.unwrap_or(f64::NAN);
    let seen = named(at_1, OURS)?.ratio(named(at_1, FLOOR)?, p50)?;
    let what = "the same, one by one: p50, times that of hyper-util's client";
    document.target(Target::new(what, Bound::AtMost(1.15), seen));
    for (peer, times) in [(SYNC, 80.0), (AIO, 50.0), (JAVASCRIPT, 45.0)] {
        // A peer that is missing is told so in the table.
        if let Ok(seen) = named(at_64, peer)?.ratio(ours, cpu) {
            let what = format!("REST send, 64 at once: CPU of the {peer}, times ours");
            document.target(Target::new(what, Bound::AtLeast(times), seen));
        }
    }
    let seen = named(at_64, HTTP2)?.ratio(named(at_64, HTTP1)?, cpu)?;
    let what = "HTTP/2, 64 at once: CPU, times that of HTTP/1.1, both over TLS";
    document.target(Target::new(what, Bound::AtMost(0.75), seen));
    let seen = named(at_1, BLOCKING)?.ratio(named(at_1, OURS)?, cpu)?;
    let what = "the blocking client, one thread: CPU, times that of the async one";
    document.target(Target::new(what, Bound::AtMost(1.15), seen));
    Ok(())
}

fn table(document: &mut Document, load: &str, series: &[Series]) {
    let columns: [(&str, Number); 5] = [
        ("CPU, µs each", |figures| figures.cpu_each() * 1e6),
        ("p50, µs", |figures| figures.p50.unwrap_or(f64::NAN) * 1e6),
        ("p99, µs", |figures| figures.p99.unwrap_or(f64::NAN) * 1e6),
        ("sends/s", Figures::rate),
        ("MiB", Figures::mebibytes),
    ];
    document.contenders(load, &columns, series);
}

impl Service {
    fn at(line: &str) -> Outcome<Self> {
        let words: Vec<_> = line.split_whitespace().collect();
        let [clear, http1, http2, certificate] = words[..] else {
            return Err(format!("the service says {line}").into());
        };
        Ok(Self {
            clear: format!("http://{clear}"),
            http1: format!("https://{http1}"),
            http2: format!("https://{http2}"),
            certificate: certificate.to_owned(),
        })
    }
}

/// Our load program with one of its clients.
fn own(client: &str) -> Outcome<Program> {
    Ok(Program::own("rest_load")?.with(["--client", client]))
}

/// The async client with TLS.
fn trusting(service: &Service) -> Outcome<Program> {
    Ok(own("async")?.with(["--certificate", &service.certificate]))
}

/// What a client is to do, in the words all load programs understand.
struct Load(Vec<String>);

impl Load {
    fn new(options: &Options, endpoint: &str, at_once: u64, sends: u64) -> Self {
        let words = [
            ("--endpoint", endpoint.to_owned()),
            ("--at-once", at_once.to_string()),
            ("--sends", sends.to_string()),
            ("--warm-up", options.warm_up().to_string()),
        ];
        let words = words.into_iter();
        Self(
            words
                .flat_map(|(name, value)| [name.to_owned(), value])
                .collect(),
        )
    }

    fn of(&self, name: &'static str, program: impl Into<Option<Program>>) -> Contender {
        let program = program.into();
        let subject = Subject::load(program.map(|program| program.with(&self.0)));
        Contender { name, subject }
    }
}
