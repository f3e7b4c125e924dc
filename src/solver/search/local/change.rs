//! A change to one or two routes, before it is made.

/// A stretch of one route, in its order or turned round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// The first visit in the order of its route now.
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) turned: bool,
}

impl Piece {
    pub(super) fn run(first: u32, last: u32) -> Self {
        Self { first, last, turned: false }
    }

    pub(super) fn turned(first: u32, last: u32) -> Self {
        Self { first, last, turned: true }
    }
}

/// What becomes of a route: its own beginning, other pieces, and the rest of some route.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rebuilt {
    pub(super) route: u32,
    /// The last node that stays where it is; its start, if none.
    pub(super) head: u32,
    pieces: [Piece; 3],
    count: usize,
    /// The node that goes on to the end of its route; an end stands for the end of this one.
    pub(super) tail: u32,
}

impl Rebuilt {
    pub(super) fn new(route: u32, head: u32, middle: &[Piece], tail: u32) -> Self {
        let mut pieces = [Piece::run(head, head); 3];
        pieces[..middle.len()].copy_from_slice(middle);
        Self { route, head, pieces, count: middle.len(), tail }
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces[..self.count]
    }
}

/// One or two routes rebuilt, and how much less they cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) gain: i64,
    pub(super) first: Rebuilt,
    pub(super) second: Option<Rebuilt>,
}
