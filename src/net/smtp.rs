//! SMTP (RFC 5321): one letter, one attempt, one certain outcome.
