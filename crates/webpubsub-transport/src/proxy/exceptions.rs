use std::net::IpAddr;

use webpubsub_protocol::is_loopback_host;

/// What is reached without a proxy: the entries of `NO_PROXY`.
#[derive(Default)]
pub(super) struct Exceptions(Vec<Exception>);

struct Exception {
    host: Host,
    port: Option<u16>,
}

enum Host {
    Any,
    /// With its subdomains.
    Domain(String),
    Network {
        address: IpAddr,
        prefix: u32,
    },
}

impl Exceptions {
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        Self(
            entries
                .filter(|entry| !entry.is_empty())
                .map(Exception::parse)
                .collect(),
        )
    }

    pub(super) fn cover(&self, host: &str, port: u16) -> bool {
        let of_port = |entry: &&Exception| entry.port.is_none_or(|only| only == port);
        self.0
            .iter()
            .filter(of_port)
            .any(|entry| entry.host.covers(host))
    }
}

impl Exception {
    fn parse(entry: &str) -> Self {
        if let Some(host) = Host::network(entry) {
            return Self { host, port: None };
        }
        let with_port = entry
            .rsplit_once(':')
            .and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (name, port) = with_port.map_or((entry, None), |(host, port)| (host, Some(port)));
        let host = Host::network(name).unwrap_or_else(|| Host::named(name));
        Self { host, port }
    }
}

impl Host {
    fn named(name: &str) -> Self {
        if name == "*" {
            return Self::Any;
        }
        let name = name.trim_start_matches("*.").trim_matches('.');
        Self::Domain(name.to_ascii_lowercase())
    }

    fn network(text: &str) -> Option<Self> {
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address = parse_ip(address)?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(bits), |prefix| prefix.parse().ok())?;
        (prefix <= bits).then_some(Self::Network { address, prefix })
    }

    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Domain(name) => {
                let host = host.trim_end_matches('.').to_ascii_lowercase();
                host.strip_suffix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            Self::Network { address, prefix } => {
                parse_ip(host).is_some_and(|ip| shares_prefix(ip, *address, *prefix))
            }
        }
    }
}

fn shares_prefix(one: IpAddr, other: IpAddr, prefix: u32) -> bool {
    let differing = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => return false,
    };
    differing >= prefix
}

/// An address, in brackets or not.
fn parse_ip(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    bare.unwrap_or(text).parse().ok()
}

/// This machine, or its link: no proxy reaches those.
pub(super) fn is_near(host: &str) -> bool {
    let is_link_local = parse_ip(host).is_some_and(|ip| match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    });
    is_link_local || is_loopback_host(host)
}

#[cfg(test)]
mod tests {
    use super::Exceptions;

    #[test]
    fn an_entry_covers_what_it_names() {
        let cases: [(&str, &[&str], &[&str]); 13] = [
            ("", &[], &["a.com:80"]),
            (" , ", &[], &["a.com:80"]),
            ("*", &["a.com:80", "1.2.3.4:1"], &[]),
            (
                "a.com",
                &["a.com:80", "A.COM:80", "b.a.com:80", "a.com.:80"],
                &["ba.com:80", "com:80", "a.com.b:80"],
            ),
            (".a.com", &["a.com:80", "b.a.com:80"], &["ba.com:80"]),
            ("*.A.com", &["a.com:80", "b.a.com:80"], &["ba.com:80"]),
            ("a.com:81", &["a.com:81", "b.a.com:81"], &["a.com:80"]),
            ("b.com a.com", &["a.com:80", "b.com:80"], &["c.com:80"]),
            (
                "10.0.0.1",
                &["10.0.0.1:80"],
                &["10.0.0.2:80", "a10.0.0.1:80"],
            ),
            (
                "10.128.0.0/9",
                &["10.128.0.0:80", "10.255.255.255:80"],
                &["10.127.255.255:80", "[::1]:80"],
            ),
            ("0.0.0.0/0", &["9.9.9.9:80"], &["[::9]:80", "a.com:80"]),
            (
                "[2001:db8::]:81",
                &["[2001:db8::]:81"],
                &["[2001:db8::]:80"],
            ),
            ("2001:db8::/32", &["[2001:db8:1::]:1"], &["[2001:db9::]:1"]),
        ];
        for (list, inside, outside) in cases {
            let exceptions = Exceptions::parse(list);
            let covered = |at: &&&str| {
                let (host, port) = at.rsplit_once(':').unwrap();
                exceptions.cover(host, port.parse().unwrap())
            };
            let missed: Vec<_> = inside.iter().filter(|at| !covered(at)).collect();
            let taken: Vec<_> = outside.iter().filter(covered).collect();
            assert!(
                missed.is_empty() && taken.is_empty(),
                "{list}: {missed:?} {taken:?}"
            );
        }
    }

    #[test]
    fn an_entry_that_is_no_network_covers_no_address() {
        let exceptions = Exceptions::parse("10.0.0.0/33,10.0.0.0/x,/,:,.,[,]");
        assert!(!exceptions.cover("10.0.0.0", 80));
        assert!(!exceptions.cover("a.com", 80));
    }
}
