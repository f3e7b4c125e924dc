//! Demand per H3 cell, cells grown into zones of about one shift's work.
