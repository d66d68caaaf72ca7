//! What became of a message, for the log.

use strum::IntoStaticStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    Ready,
    /// The invocation was nearly over; the next one continues.
    Continued,
    /// The attempt ended early; another one follows.
    Retried,
    /// The file cannot be resumed; the next attempt starts it again.
    Restarted,
    /// The export ended FAILED.
    GivenUp,
    /// The tenant has no slot for it yet.
    Waiting,
    /// Another attempt has the export, or the next one is not to begin yet.
    Held,
    /// The export had ended, or there is no such export.
    Over,
    /// The attempt lost the export to another one, or the export ended meanwhile.
    Superseded,
    /// The message names no export.
    Dropped,
}
