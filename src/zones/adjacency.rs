//! Which tiles touch, among cells of mixed resolution.
//!
//! Two cells of one resolution touch if H3 calls them neighbours. A cell `f` touches a coarser
//! cell `c` if one of `f`'s neighbours, at `f`'s own resolution, descends from `c`. The relation is
//! symmetric by definition: the finer of the two decides.

use std::collections::HashMap;

use crate::geo::{CellIndex, Resolution, ring};

/// For each of the cells, which must not overlap, the indices of those it touches, ascending.
///
/// `O(cells × resolutions)`: each cell looks up its neighbours and their ancestors.
pub(super) fn neighbours(cells: &[CellIndex]) -> Vec<Vec<u32>> {
    let index: HashMap<CellIndex, u32> = cells.iter().copied().zip(0..).collect();
    let coarsest = cells.iter().map(|cell| cell.resolution()).min().unwrap_or(Resolution::Zero);
    let mut touching = vec![Vec::new(); cells.len()];
    for (&cell, own) in cells.iter().zip(0_u32..) {
        for next in ring(cell, 1) {
            if let Some(other) = holder(&index, next, coarsest).filter(|&other| other != own) {
                touching[own as usize].push(other);
                touching[other as usize].push(own);
            }
        }
    }
    for list in &mut touching {
        list.sort_unstable();
        list.dedup();
    }
    touching
}

/// The cell of the index that is `cell` or an ancestor of it.
fn holder(index: &HashMap<CellIndex, u32>, cell: CellIndex, coarsest: Resolution) -> Option<u32> {
    Resolution::range(coarsest, cell.resolution())
        .rev()
        .filter_map(|resolution| cell.parent(resolution))
        .find_map(|ancestor| index.get(&ancestor).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{Point, cell_at};

    fn middle() -> CellIndex {
        cell_at(Point::new(121.47, 31.23).unwrap(), Resolution::Eight)
    }

    #[test]
    fn cells_of_one_resolution_touch_as_in_h3() {
        let disk = ring(middle(), 2);
        let touching = neighbours(&disk);
        for (a, list) in disk.iter().zip(&touching) {
            for (b, index) in disk.iter().zip(0_u32..) {
                assert_eq!(a.is_neighbor_with(*b).unwrap(), list.contains(&index));
            }
        }
    }

    #[test]
    fn a_split_cell_touches_its_coarse_neighbours_through_its_children() {
        let coarse: Vec<CellIndex> =
            ring(middle(), 1).into_iter().filter(|cell| *cell != middle()).collect();
        let mut cells = coarse.clone();
        cells.extend(middle().children(Resolution::Nine));
        let touching = neighbours(&cells);
        for list in &touching[..coarse.len()] {
            assert!(list.iter().any(|&other| other as usize >= coarse.len()), "{touching:?}");
        }
        let centre = cells.iter().position(|c| Some(*c) == middle().center_child(Resolution::Nine));
        assert_eq!(touching[centre.unwrap()].len(), 6, "the centre touches its siblings alone");
        for (a, list) in touching.iter().enumerate() {
            for &b in list {
                assert!(touching[b as usize].contains(&u32::try_from(a).unwrap()));
            }
        }
    }

    #[test]
    fn cells_apart_do_not_touch() {
        let far = cell_at(Point::new(116.4, 39.9).unwrap(), Resolution::Seven);
        assert_eq!(neighbours(&[middle(), far]), vec![Vec::<u32>::new(); 2]);
        assert!(neighbours(&[]).is_empty());
    }
}
