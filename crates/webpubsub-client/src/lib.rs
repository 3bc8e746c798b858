//! The WebSocket client of Azure Web PubSub.

mod builder;
mod client;
mod credential;
mod driver;
mod error;
mod event;
mod events;
mod handlers;
mod options;
mod request;
mod result;
mod session;
mod socket;
mod state;
mod url;

pub use builder::Builder;
pub use client::WebPubSubClient;
pub use credential::WebPubSubClientCredential;
pub use error::{Error, ErrorKind};
pub use event::{
    Closed, Connected, Disconnected, Event, GroupMessage, RejoinGroupFailed, ServerMessage, Stopped,
};
pub use events::Events;
pub use handlers::Handlers;
pub use options::{Backoff, ClientOptions};
pub use request::{Request, kind};
pub use result::WebPubSubResult;
pub use state::{ConnectionState, StateWatch};
pub use url::ClientUrl;
pub use webpubsub_auth::{ClientAccessToken, ClientAccessUrl};
pub use webpubsub_protocol::{
    ConnectionId, EventName, GroupName, Message, UserId, frame::Subprotocol,
};
pub use webpubsub_transport::BoxError;
