//! Tests of the judge: each rule is broken once.
