//! Judges a history of the journey. It shares no code with the engine: what it reads is JSON.
