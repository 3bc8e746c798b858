use std::{
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use webpubsub_auth::BoxFuture;

use crate::BoxError;

pin_project! {
    /// An answer on its way through a layer that tells of it, or, as mostly, does not: then nothing is boxed.
    #[must_use = "futures do nothing unless polled"]
    pub struct Passing<F, T> {
        #[pin]
        way: Way<F, T>,
    }
}

pin_project! {
    #[project = WayProjection]
    enum Way<F, T> {
        Untold { #[pin] answer: F },
        Told { answer: BoxFuture<'static, Result<T, BoxError>> },
    }
}

impl<F, T> Passing<F, T> {
    pub(crate) fn untold(answer: F) -> Self {
        let way = Way::Untold { answer };
        Self { way }
    }

    pub(crate) fn told(answer: impl Future<Output = Result<T, BoxError>> + Send + 'static) -> Self {
        let answer = Box::pin(answer);
        let way = Way::Told { answer };
        Self { way }
    }
}

impl<F, T, E> Future for Passing<F, T>
where
    F: Future<Output = Result<T, E>>,
    E: Into<BoxError>,
{
    type Output = Result<T, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().way.project() {
            WayProjection::Untold { answer } => answer.poll(cx).map_err(Into::into),
            WayProjection::Told { answer } => answer.as_mut().poll(cx),
        }
    }
}
