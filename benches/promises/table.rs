//! The table: one row for each stream, and their sum.

/// How many each method serves.
pub(crate) struct Row {
    /// City and seed.
    pub(crate) stream: String,
    pub(crate) asked: usize,
    pub(crate) counters: Option<usize>,
    /// Of the counters, in words; with the promises that they broke.
    pub(crate) rate: String,
    pub(crate) insertion: usize,
    pub(crate) squeezed: usize,
    pub(crate) improved: usize,
    pub(crate) bound: usize,
    pub(crate) offline: Option<usize>,
}

pub(crate) const HEAD: &str = "\
| city, seed | asked | counters (rate) | insertion | + squeeze | + improver | + bound | offline | over counters | of offline |
|---|---|---|---|---|---|---|---|---|---|";

impl Row {
    /// The sum of some rows.
    pub(crate) fn total(rows: &[Self]) -> Self {
        let sum = |of: fn(&Self) -> usize| rows.iter().map(of).sum();
        Self {
            stream: "all".to_owned(),
            asked: sum(|row| row.asked),
            counters: rows.iter().map(|row| row.counters).sum(),
            rate: String::new(),
            insertion: sum(|row| row.insertion),
            squeezed: sum(|row| row.squeezed),
            improved: sum(|row| row.improved),
            bound: sum(|row| row.bound),
            offline: rows.iter().map(|row| row.offline).sum(),
        }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { stream, asked, rate, insertion, squeezed, improved, bound, .. } = self;
        let known = |figure: Option<String>| figure.unwrap_or_else(|| "-".to_owned());
        let counters = known(self.counters.map(|kept| format!("{kept}{rate}")));
        let offline = known(self.offline.map(|served| served.to_string()));
        let over = self.counters.map(|kept| format!("{:+.1} %", percent(*bound, kept) - 100.0));
        let of = self.offline.map(|served| format!("{:.1} %", percent(*bound, served)));
        let (over, of) = (known(over), known(of));
        write!(
            f,
            "| {stream} | {asked} | {counters} | {insertion} | {squeezed} | {improved} | {bound} | {offline} | {over} | {of} |"
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}
