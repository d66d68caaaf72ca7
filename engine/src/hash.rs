//! The SHA-256 of bytes that come piece by piece.

use serde::{Deserialize, Serialize};
use sha2::{
    Digest, Sha256,
    digest::common::hazmat::{SerializableState, SerializedState},
};

/// The hash of the bytes so far.
#[derive(Clone, Debug, Default)]
pub struct Hash(Sha256);

/// The hash of the bytes so far, in a form that can be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HashState(Vec<u8>);

impl Hash {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn state(&self) -> HashState {
        HashState(self.0.serialize().to_vec())
    }

    /// The hash as it was when its state was stored. `None` if the state is invalid.
    pub fn resume(state: &HashState) -> Option<Self> {
        let state = SerializedState::<Sha256>::try_from(state.0.as_slice()).ok()?;
        Sha256::deserialize(&state).ok().map(Self)
    }

    pub fn sha256(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
