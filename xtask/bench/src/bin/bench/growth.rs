//! Whether a message costs the same however many connections and groups there are.

use webpubsub_bench::{Figures, Outcome, Program};

use crate::{
    document::Document,
    fanout::contender,
    options::Options,
    series::{Contender, Number, interleaved, named},
    target::{Bound, Target},
};

const BASE: &str = "1,000 connections in 1 group";
const CONNECTIONS: &str = "10,000 connections in 1 group";
const GROUPS: &str = "1,000 connections, 10,000 groups";
const GROUPS_EACH: &str = "1,000 connections, 100 groups each of 10,000";

pub(crate) async fn measure(options: &Options, document: &mut Document) -> Outcome {
    let size = |whole: u64| options.size(whole, whole / 20);
    let messages = options.size(300_000, 1_000);
    let case = |name, connections: u64, groups: u64, groups_each: u64| -> Outcome<Contender> {
        let rounds = (messages / connections).max(1).to_string();
        let load = Program::own("fanout_load")?
            .with(["--kind", "json", "--to-group", "--rounds", &rounds])
            .with(["--groups", &groups.to_string()])
            .with(["--groups-each", &groups_each.to_string()]);
        let server = Program::own("emulator_server")?;
        Ok(contender(name, Some(server), load, connections))
    };
    let contenders = vec![
        case(BASE, size(1_000), 1, 1)?,
        case(CONNECTIONS, size(10_000), 1, 1)?,
        case(GROUPS, size(1_000), size(10_000), 11)?,
        case(
            GROUPS_EACH,
            size(1_000),
            size(10_000),
            options.size(100, 20),
        )?,
    ];
    let series = interleaved(contenders, options.rounds()).await;
    document.chapter(
        "Growth",
        "The same text to a group in which every connection is, while there are more connections, more groups, and more groups for each \
         connection.",
    );
    let columns: [(&str, Number); 1] =
        [("CPU, µs each message", |figures| figures.cpu_each() * 1e6)];
    document.contenders("load", &columns, &series);
    for name in [CONNECTIONS, GROUPS, GROUPS_EACH] {
        let seen = named(&series, name)?.ratio(named(&series, BASE)?, Figures::cpu_each)?;
        let what = format!("{name}: CPU, times that of {BASE}");
        document.target(Target::new(what, Bound::AtMost(1.25), seen));
    }
    Ok(())
}
