//! Points and datums, distances, H3 cells.
