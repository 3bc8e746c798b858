//! Lists that come page by page, each as a stream (async) and as an iterator (blocking).

use std::{
    collections::HashSet,
    fmt,
    future::ready,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    mem,
    pin::Pin,
    task::{self, Context, Poll},
    vec,
};

use futures_core::Stream;
use webpubsub_protocol::operation::{ListConnectionsInGroup, Page, PagedOperation};
use webpubsub_transport::CallOptions;

use crate::{Argument, Async, Error, ServiceClient, call::Checked};

/// The items of a list, fetched page by page as they are asked for: a `Stream` of the async client, an `Iterator` of
/// the blocking one.
///
/// It ends behind the last item, or behind the first error.
///
/// ```no_run
/// # async fn example(client: webpubsub::WebPubSubServiceClient) -> Result<(), webpubsub::Error> {
/// use std::pin::pin;
/// use futures_util::TryStreamExt as _;
///
/// let mut members = client.list_connections("room").top(1000);
/// while let Some(member) = members.try_next().await? {
///     println!("{} {:?}", member.connection_id, member.user_id);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is fetched before the first item is asked for"]
pub struct Pager<M, O: PagedOperation> {
    pages: Pages<M, O>,
    page: vec::IntoIter<O::Item>,
}

/// The pages of a list; see [`Pager::by_page`].
#[must_use = "nothing is fetched before the first page is asked for"]
pub struct Pages<M, O: PagedOperation> {
    client: ServiceClient<M>,
    options: CallOptions,
    /// What is left of a page whose items were asked for.
    rest: Option<Page<O::Item>>,
    next: Next<O>,
    /// Hashes of the links that were followed: a list that comes back to one of them would not end.
    followed: HashSet<u64>,
    fetching: Option<Fetching<O::Item>>,
}

/// What is to be fetched next.
enum Next<O> {
    First(Checked<O>),
    Link(String),
    /// The page behind a link that was followed before.
    Repeated,
    Nothing,
}

type Fetching<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

impl<M: Clone, O: PagedOperation> Pager<M, O> {
    pub(crate) fn new(client: &ServiceClient<M>, operation: Checked<O>) -> Self {
        Self {
            pages: Pages {
                client: client.clone(),
                options: CallOptions::new(),
                rest: None,
                next: Next::First(operation),
                followed: HashSet::new(),
                fetching: None,
            },
            page: Vec::new().into_iter(),
        }
    }
}

impl<M, O: PagedOperation> Pager<M, O> {
    /// Timeouts, retry and logging for each page, in place of the client's.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.pages.options = options;
        self
    }

    /// The list page by page, each with the token by which it can be resumed behind it. Of a page whose items were asked
    /// for already, the first is what is left of it.
    pub fn by_page(mut self) -> Pages<M, O> {
        let rest: Vec<_> = self.page.collect();
        if !rest.is_empty() {
            let next_link = match &self.pages.next {
                Next::Link(link) => Some(link.clone()),
                _ => None,
            };
            self.pages.rest = Some(Page::new(rest, next_link));
        }
        self.pages
    }

    fn set<V>(mut self, value: impl Argument<V>, set: impl FnOnce(&mut O, V)) -> Self {
        if let Next::First(Ok(operation)) = &mut self.pages.next {
            match value.check() {
                Ok(value) => set(operation, value),
                Err(error) => self.pages.next = Next::First(Err(error)),
            }
        }
        self
    }
}

impl<M> Pager<M, ListConnectionsInGroup> {
    /// The most connections in all pages: from 1 to 2,147,483,647; all unless told otherwise.
    pub fn top(self, top: u32) -> Self {
        self.set(top, |list, top| list.top = Some(top))
    }

    /// The most connections in one page: from 1 to 200; the service decides unless told otherwise.
    pub fn max_page_size(self, size: u32) -> Self {
        self.set(size, |list, size| list.max_page_size = Some(size))
    }

    /// Goes on behind the page this token is of; see [`Page::continuation_token`].
    pub fn continuation_token(self, token: impl Into<String>) -> Self {
        self.set::<String>(token.into(), |list, token| {
            list.continuation_token = Some(token);
        })
    }
}

impl<M, O> Pages<M, O>
where
    O: PagedOperation + Send + Sync + 'static,
    O::Item: Send + 'static,
{
    /// Begins to fetch what is next, if there is anything.
    fn fetch(&mut self) -> Option<Fetching<O::Item>> {
        let (core, options) = (self.client.core().clone(), self.options.clone());
        match mem::replace(&mut self.next, Next::Nothing) {
            Next::First(operation) => {
                Some(Box::pin(async move { core.send(operation, options).await }))
            }
            Next::Link(link) => Some(Box::pin(async move {
                core.next_page::<O>(&link, options).await
            })),
            Next::Repeated => {
                let error = Error::repeated_link().in_operation(O::NAME);
                Some(Box::pin(ready(Err(error))))
            }
            Next::Nothing => None,
        }
    }

    /// Notes where the page that came says the list goes on.
    fn fetched(&mut self, page: &Result<Page<O::Item>, Error>) {
        let link = page.as_ref().ok().and_then(|page| page.next_link.clone());
        self.next = match link {
            None => Next::Nothing,
            Some(link) if self.followed.insert(hash(&link)) => Next::Link(link),
            Some(_) => Next::Repeated,
        };
    }
}

fn hash(link: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    link.hash(&mut hasher);
    hasher.finish()
}

impl<O> Stream for Pages<Async, O>
where
    O: PagedOperation + Send + Sync + Unpin + 'static,
    O::Item: Send + Unpin + 'static,
{
    type Item = Result<Page<O::Item>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(rest)));
        }
        if self.fetching.is_none() {
            self.fetching = self.fetch();
        }
        let Some(fetching) = &mut self.fetching else {
            return Poll::Ready(None);
        };
        let page = task::ready!(fetching.as_mut().poll(cx));
        self.fetching = None;
        self.fetched(&page);
        Poll::Ready(Some(page))
    }
}

impl<O> Stream for Pager<Async, O>
where
    O: PagedOperation + Send + Sync + Unpin + 'static,
    O::Item: Send + Unpin + 'static,
{
    type Item = Result<O::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match task::ready!(Pin::new(&mut self.pages).poll_next(cx)) {
                // A page without items may be followed by others.
                Some(Ok(page)) => self.page = page.items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

#[cfg(feature = "blocking")]
impl<O> Iterator for Pages<crate::blocking::Blocking, O>
where
    O: PagedOperation + Send + Sync + 'static,
    O::Item: Send + 'static,
{
    type Item = Result<Page<O::Item>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(rest) = self.rest.take() {
            return Some(Ok(rest));
        }
        let fetching = self.fetch()?;
        let page = self.client.mode().run(fetching);
        self.fetched(&page);
        Some(page)
    }
}

#[cfg(feature = "blocking")]
impl<O> Iterator for Pager<crate::blocking::Blocking, O>
where
    O: PagedOperation + Send + Sync + 'static,
    O::Item: Send + 'static,
{
    type Item = Result<O::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(page) => self.page = page.items.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<M, O: PagedOperation> fmt::Debug for Pager<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pager").field(&self.pages).finish()
    }
}

// Links name groups: not printed.
impl<M, O: PagedOperation> fmt::Debug for Pages<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &O::NAME)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
