//! What the campaigns on real adapters and real processes share.
