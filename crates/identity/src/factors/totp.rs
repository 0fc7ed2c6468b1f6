//! Codes by time: six digits, thirty seconds, SHA-1, as every authenticator application does them.

use crate::randomness::Randomness;
use crate::{Error, Result};
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// 160 bits, as RFC 4226 recommends.
pub(super) const SECRET_BYTES: usize = 20;
const STEP_SECONDS: u64 = 30;
/// How many digits a code has.
pub(super) const DIGITS: usize = 6;

/// What an authenticator application is given.
pub(super) struct Enrolment {
    pub(super) secret: [u8; SECRET_BYTES],
    /// For typing.
    pub(super) text: String,
    /// For applications that take an address.
    pub(super) uri: String,
    /// The address as a picture.
    pub(super) svg: String,
}

/// A fresh secret, ready to be shown once.
pub(super) fn enrol(randomness: &dyn Randomness, issuer: &str, login: &str) -> Result<Enrolment> {
    let mut secret = [0_u8; SECRET_BYTES];
    randomness.fill(&mut secret)?;
    let text = Secret::new(Box::new(secret)).to_base32();
    // A colon parts issuer and account: inside a name it would be read as that.
    let plain = |name: &str| name.replace(':', " ").trim().to_owned();
    let (issuer, login) = (encoded(&plain(issuer)), encoded(&plain(login)));
    let uri = format!("otpauth://totp/{issuer}:{login}?secret={text}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}");
    let picture = QrCode::new(&uri).map_err(|_| Error::InvalidField("login"))?;
    let svg = picture.render::<svg::Color<'_>>().min_dimensions(200, 200).quiet_zone(true).build();
    Ok(Enrolment { secret, text, uri, svg })
}

/// The step of a code, if it is that of now, the one before or the one after.
pub(super) fn step_of(secret: &[u8], code: &str, now_ms: i64) -> Option<i64> {
    let seconds = u64::try_from(now_ms / 1000).ok()?;
    let step = reader(secret)?.check(code, seconds)?;
    i64::try_from(step).ok()
}

fn reader(secret: &[u8]) -> Option<Totp> {
    let secret = secret.to_vec().into_boxed_slice();
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
        .with_secret(Secret::new(secret))
        .build()
        .ok()
}

/// Percent-encoded, blanks as `%20`: authenticator applications show a plus as a plus.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of RFC 6238, appendix B, for SHA-1; the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(step_of(secret, code, seconds * 1000), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_or_late_and_no_more() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| step_of(secret, "050471", seconds * 1000);
        let step = 1_111_111_111 / 30;
        assert_eq!((at((step - 1) * 30), at(step * 30 + 59)), (Some(step), Some(step)));
        assert_eq!((at((step - 1) * 30 - 1), at(step * 30 + 60)), (None, None));
        for wrong in ["", "05047", "0504711", "+50471", "٠٥٠٤٧١", "050 71"] {
            assert_eq!(step_of(secret, wrong, 1_111_111_111_000), None, "{wrong}");
        }
    }

    #[test]
    fn names_can_not_change_the_address() {
        let made = enrol(&crate::OsRandomness, "A&secret=x: b", "d?na:1+2@acme.example").expect("made");
        assert!(made.uri.starts_with("otpauth://totp/A%26secret%3Dx%20%20b:d%3Fna%201%2B2%40acme.example?secret="), "{}", made.uri);
        assert_eq!(made.uri.matches("secret=").count(), 1);
        assert!(made.svg.contains("<svg") && !made.svg.contains("<script"));
        assert_eq!(made.text.len(), 32);
    }
}
