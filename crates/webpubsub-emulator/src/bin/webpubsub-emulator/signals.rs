use tokio::signal;

/// Listens for the signals that end the program from now on; the future ends with the first of them.
#[cfg(unix)]
pub(crate) fn ended() -> impl Future<Output = ()> {
    use signal::unix::{SignalKind, signal};

    let interrupt = signal(SignalKind::interrupt());
    let terminate = signal(SignalKind::terminate());
    async {
        // A signal that cannot be listened for keeps its default effect, which ends the program too.
        let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
pub(crate) async fn ended() {
    let _ = signal::ctrl_c().await;
}
