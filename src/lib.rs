//! Postbook: a terminal mail client that knows your customers.
