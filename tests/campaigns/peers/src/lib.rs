//! What the functions' starts are compared with: functions that do nothing but start, read and write.
