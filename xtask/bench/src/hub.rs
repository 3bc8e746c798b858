//! What a load needs to know of the hub it speaks to: signed URLs, and requests that send.

use std::{
    error::Error,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use futures_util::FutureExt as _;
use http::header::AUTHORIZATION;
use webpubsub_auth::{
    AccessKey, Authorizer as _, ClientAccessToken, ConnectionString, KeyAuthorizer,
};
use webpubsub_protocol::{
    Endpoint, GroupName, HubName, Message, Target,
    operation::{Operation as _, SendToAll, SendToGroup},
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A hub of a server on this machine.
#[derive(Debug)]
pub struct Hub {
    endpoint: Endpoint,
    name: HubName,
    key: AccessKey,
    /// Where the server listens.
    pub address: SocketAddr,
}

impl Hub {
    /// The hub `bench` of the server with this connection string.
    pub fn new(connection_string: &str) -> Result<Self, Box<dyn Error>> {
        let parts: ConnectionString = connection_string.parse()?;
        let endpoint = parts.endpoint().clone();
        let address = endpoint.to_string();
        let address = address.trim_start_matches("http://");
        Ok(Self {
            address: address.trim_end_matches('/').parse()?,
            name: HubName::new("bench")?,
            key: parts.access_key().clone(),
            endpoint,
        })
    }

    /// The path and query at which a client connects that is in these groups from the start.
    pub fn client_path(&self, groups: &[String]) -> Result<String, Box<dyn Error>> {
        let token = ClientAccessToken::new().groups(groups.iter().map(String::as_str));
        let url = token.sign(&self.endpoint, &self.name, &self.key)?;
        let url: http::Uri = url.expose_url().parse()?;
        Ok(url.path_and_query().ok_or("it has a path")?.to_string())
    }

    /// Sends this text, to a group or else to all, as often as it is told to.
    pub fn sender(&self, group: Option<&str>, text: &str) -> Result<Sender, Box<dyn Error>> {
        let target = Target::new(self.endpoint.clone(), self.name.clone());
        let message = Message::text(text);
        let request = match group {
            Some(group) => SendToGroup::new(GroupName::new(group)?, message).to_request(&target)?,
            None => SendToAll::new(message).to_request(&target)?,
        };
        let (mut head, body) = request.into_parts();
        let signed = KeyAuthorizer::new(self.key.clone())
            .authorize(&head)
            .now_or_never();
        head.headers
            .insert(AUTHORIZATION, signed.ok_or("a key is at hand")??);

        let path = head.uri.path_and_query().ok_or("it has a path")?;
        let mut request = Vec::new();
        write!(
            request,
            "{} {path} HTTP/1.1\r\nhost: {}\r\n",
            head.method, self.address
        )?;
        for (name, value) in &head.headers {
            write!(request, "{name}: {}\r\n", value.to_str()?)?;
        }
        request.extend(b"\r\n");
        request.extend(body);
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Sender { stream, request })
    }
}

/// A connection that repeats one request; its token is good for five minutes.
#[derive(Debug)]
pub struct Sender {
    stream: TcpStream,
    request: Vec<u8>,
}

impl Sender {
    /// Sends the request, without a wait for the answer.
    pub fn send(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.request)
    }

    /// Waits for the answer, which must be 202 without a body.
    pub fn finish(&mut self) -> io::Result<()> {
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut some = [0; 1024];
            let length = self.stream.read(&mut some)?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            answer.extend_from_slice(&some[..length]);
        }
        if answer.starts_with(b"HTTP/1.1 202 ") {
            Ok(())
        } else {
            Err(io::Error::other(String::from_utf8_lossy(&answer)))
        }
    }
}
