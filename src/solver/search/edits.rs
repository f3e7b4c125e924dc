//! Changes of a route, and the route as it would be with them.

use super::field::NONE;
use super::plan::Node;
use crate::solver::Task;

/// Changes of a route that are not made yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edits {
    /// Nodes to go in, each after another, which may be one that goes in before it.
    pub(super) inserts: [(u32, u32); 3],
    /// A node to be left out.
    pub(super) skip: u32,
}

impl Edits {
    pub(super) const NO: Self = Self { inserts: [(NONE, NONE); 3], skip: NONE };

    /// Puts `node` after `after`.
    pub(super) fn one(after: u32, node: u32) -> Self {
        Self::NO.and(after, node)
    }

    /// One more.
    pub(super) fn and(mut self, after: u32, node: u32) -> Self {
        if let Some(free) = self.inserts.iter_mut().find(|insert| insert.0 == NONE) {
            *free = (after, node);
        }
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.inserts.into_iter().filter(|insert| insert.0 != NONE)
    }
}

/// The tasks of a route with edits, straight from its nodes.
#[derive(Clone)]
pub(super) struct Path<'a> {
    nodes: &'a [Node],
    tasks: &'a [Task],
    edits: &'a Edits,
    at: u32,
    /// Where the route goes on behind what was put in.
    resume: u32,
}

impl<'a> Path<'a> {
    pub(super) fn new(nodes: &'a [Node], tasks: &'a [Task], edits: &'a Edits, start: u32) -> Self {
        let mut path = Self { nodes, tasks, edits, at: start, resume: NONE };
        path.advance();
        path
    }

    #[inline]
    fn advance(&mut self) {
        let at = self.at;
        let insert = self.edits.inserts.iter().find(|insert| insert.0 == at);
        let onward = if self.resume == NONE {
            let next = self.nodes[at as usize].next;
            if next == self.edits.skip { self.nodes[next as usize].next } else { next }
        } else {
            self.resume
        };
        (self.at, self.resume) = match insert {
            Some(&(_, node)) => (node, onward),
            None => (onward, NONE),
        };
    }
}

impl Iterator for Path<'_> {
    type Item = Task;

    #[inline]
    fn next(&mut self) -> Option<Task> {
        let task = *self.tasks.get(self.at as usize)?;
        self.advance();
        Some(task)
    }
}
