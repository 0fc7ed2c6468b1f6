//! Logins and names that are one, or look like one.
//!
//! Compared is what is left after NFKC (so that fullwidth letters, ligatures and the like are the letters that they stand for)
//! and case folding. Where anything but ASCII is left, what the two *look* like is compared as well, by the confusables of
//! UTS #39. Two names of ASCII letters are never confused with each other: `l` and `1` tell real people apart.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// The name folded, for finding.
pub fn fold(name: &str) -> String {
    let plain: String = name.trim().nfkc().collect();
    // Up and down again: `ß` and `SS`, final and other sigma are one.
    plain.to_uppercase().to_lowercase().nfkc().collect()
}

/// Whether the two are one, or look like one.
pub fn are_twins(one: &str, other: &str) -> bool {
    // What most names are. A new one is compared with all that there are, while nobody else can write.
    if one.is_ascii() && other.is_ascii() {
        return one.trim().eq_ignore_ascii_case(other.trim());
    }
    let (one, other) = (fold(one), fold(other));
    one == other || !(one.is_ascii() && other.is_ascii()) && skeleton(&one).eq(skeleton(&other))
}

/// Whether a name can be shown without deceiving: not empty, not long, no control characters, nothing invisible, nothing that
/// turns the direction of writing.
pub fn is_plain(name: &str) -> bool {
    let hides = |c: char| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
    };
    !name.trim().is_empty() && name.trim() == name && name.len() <= 256 && !name.chars().any(|c| c.is_control() || hides(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_are_found_and_neighbours_are_not() {
        for (one, other) in [
            ("boss@acme.example", "BOSS@acme.example"),
            ("boss@acme.example", "ｂｏｓｓ＠acme.example"),
            ("boss@acme.example", "bоss@acme.example"),
            ("strasse", "STRAßE"),
            ("ﬁnn", "finn"),
            ("josé", "jose\u{301}"),
            ("Kelvin", "\u{212a}elvin"),
        ] {
            assert!(are_twins(one, other), "{one} and {other}");
        }
        for (one, other) in [("user1", "userl"), ("corn", "com"), ("jose", "josé"), ("anna", "anne")] {
            assert!(!are_twins(one, other), "{one} and {other}");
        }
    }

    #[test]
    fn for_plain_letters_the_short_way_says_what_the_long_one_says() {
        let names = ["boss@acme.example", "BOSS@acme.example", " boss@acme.example ", "b\toss", "user1", "userl", "", " "];
        for one in names {
            for other in names {
                assert_eq!(are_twins(one, other), fold(one) == fold(other), "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn what_hides_something_is_not_plain() {
        for name in ["", " a", "a\u{200b}b", "a\u{202e}b", "a\nb", &"x".repeat(257)] {
            assert!(!is_plain(name));
        }
        assert!(is_plain("Åsa Ødegård & co"));
    }
}
