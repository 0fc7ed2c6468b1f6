//! Why something is refused, in words of the code: for the audit trail, never for the browser.

use saml_rs::SamlError;
use thiserror::Error;

/// A refusal. `reason` has no value of the document in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("refused: {reason}")]
pub struct Refused {
    /// One word.
    pub reason: &'static str,
}

impl Refused {
    pub(crate) const fn because(reason: &'static str) -> Self {
        Self { reason }
    }
}

impl From<SamlError> for Refused {
    fn from(error: SamlError) -> Self {
        use SamlError as E;
        Self::because(match error {
            E::Deflate(_) | E::Base64(_) => "saml_encoding",
            E::Xml(_) | E::Invalid(_) => "saml_document",
            E::ProtocolProfile(_) | E::Unsupported(_) | E::UnsupportedBinding { .. } => "saml_profile",
            E::IssuerMismatch { .. } | E::UnmatchIssuer => "saml_issuer",
            E::DestinationMismatch { .. } | E::UnmatchDestination => "saml_destination",
            E::InResponseToMismatch { .. } | E::InvalidInResponseTo => "saml_in_response_to",
            E::RelayStateMismatch { .. } => "saml_relay_state",
            E::AudienceMismatch { .. } | E::UnmatchAudience => "saml_audience",
            E::UnrecognizedCondition { .. } => "saml_condition",
            E::PrincipalMismatch => "saml_two_subjects",
            E::StatusNotSuccess { .. } | E::UndefinedStatus | E::FailedStatus { .. } => "saml_status",
            E::TimeWindowInvalid { .. } | E::ExpiredSession => "saml_time",
            E::SubjectConfirmationInvalid { .. } | E::SubjectUnconfirmed => "saml_confirmation",
            E::ReplayDetected { .. } => "saml_replay",
            E::SignatureMissing | E::AssertionSignatureRequired | E::MissingSigAlg => "saml_unsigned",
            E::SignatureVerification { .. }
            | E::ReferenceResolution { .. }
            | E::FailedMessageSignatureVerification
            | E::FailedToVerifySignature => "saml_signature",
            E::SignedReferenceMismatch | E::PotentialWrappingAttack => "saml_wrapping",
            E::AlgorithmUnsupported => "saml_algorithm",
            E::NoTrustedCertificate | E::CertificateMismatch | E::UnmatchCertificate => "saml_certificate",
            E::MissingKey(_) | E::Crypto(_) => "saml_crypto",
            E::MissingMetadata(_) => "saml_settings",
            _ => "saml_other",
        })
    }
}
