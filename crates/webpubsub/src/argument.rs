use webpubsub_protocol::Error;

/// Anything that is, or converts to, a checked `T`: a `GroupName`, or a `&str` or `String` that keeps its rule.
///
/// A value that breaks the rule becomes the error of the call it was given to; nothing is sent.
pub trait Argument<T> {
    /// The checked value.
    fn check(self) -> Result<T, Error>;
}

impl<T, V> Argument<T> for V
where
    V: TryInto<T>,
    Error: From<V::Error>,
{
    fn check(self) -> Result<T, Error> {
        Ok(self.try_into()?)
    }
}
