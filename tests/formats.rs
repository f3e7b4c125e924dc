//! Problem files in, solutions out.
