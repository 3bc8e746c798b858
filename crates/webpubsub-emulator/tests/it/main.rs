//! The emulator as its clients meet it, over sockets. Each test has its own, on a free port.

mod auth;
mod connecting;
mod faults;
mod groups;
mod json_clients;
mod lifecycle;
mod limits;
mod managing;
mod payloads;
mod permissions;
mod plain_clients;
mod program;
mod protobuf_clients;
mod recovery;
mod reliable;
mod rest;
mod support;
mod tls;
