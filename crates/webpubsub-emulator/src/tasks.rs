use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The emulator's tasks: told to stop, waited for, and in the end cut off.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    /// Take no more work, and finish.
    pub(crate) stopping: CancellationToken,
    /// End at once.
    killed: CancellationToken,
}

impl Tasks {
    /// Runs a task until it ends or all are cut off.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let killed = self.killed.clone();
        // Boxed, or else what can cut it off had room for it three times over.
        let task = Box::pin(task);
        self.tracker.spawn(async move {
            killed.run_until_cancelled(task).await;
        });
    }

    /// Waits until every task has ended.
    pub(crate) async fn wait(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    pub(crate) fn kill(&self) {
        self.stopping.cancel();
        self.killed.cancel();
    }
}
