//! Texts that people write for other people to read.

/// Whether a character can make a text look like another one to a reader: what turns the direction of writing around, what is
/// not seen at all, and what ends a line without being a control character. The joiners, which some languages need, cannot.
pub fn is_deceptive(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Whether a character may be in a name: no control character, and none that deceives.
pub fn may_be_in_name(character: char) -> bool {
    !character.is_control() && !is_deceptive(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_writing_around_or_is_not_seen_deceives() {
        for character in [
            '\u{202e}',
            '\u{2066}',
            '\u{200b}',
            '\u{feff}',
            '\u{2029}',
            '\u{ad}',
            '\u{e0041}',
        ] {
            assert!(is_deceptive(character), "{:x}", u32::from(character));
        }
        // Persian and emoji are joined, and Hebrew is written from right to left.
        for character in "né 東京 می\u{200c}خواهم 👩\u{200d}💻 שלום\u{200f}".chars()
        {
            assert!(may_be_in_name(character), "{:x}", u32::from(character));
        }
        assert!(!may_be_in_name('\n') && !may_be_in_name('\0'));
    }
}
