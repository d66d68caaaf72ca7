//! Randomness that nobody can guess.

/// Bytes from the operating system's generator.
///
/// # Panics
///
/// If the system has none to give: nothing that needs to be secret can be made then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
