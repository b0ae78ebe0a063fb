//! Runs of adjacent clauses, such as those of a document.

/// The run of each clause in a segment, in a quarter of a byte per clause.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    /// For each 64 clauses, one bit for each that begins a run, and the number of runs that begin
    /// before.
    begun: Vec<(u64, u32)>,
    runs: u32,
    clauses: u32,
}

impl Runs {
    /// Adds a clause. The first one always begins a run.
    pub(crate) fn push(&mut self, begins: bool) {
        let bit = self.clauses % 64;
        if bit == 0 {
            self.begun.push((0, self.runs));
        }
        if begins || self.clauses == 0 {
            self.runs += 1;
            if let Some((bits, _)) = self.begun.last_mut() {
                *bits |= 1 << bit;
            }
        }
        self.clauses += 1;
    }

    /// The run of a clause, from 0.
    pub(crate) fn of(&self, clause: u32) -> usize {
        let (bits, before) = self.begun[clause as usize / 64];
        // Runs that begin at this clause or before.
        let begun = (bits << (63 - clause % 64)).count_ones();
        (before + begun) as usize - 1
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    #[test]
    fn each_clause_lies_in_the_run_that_began_last() {
        for longest in [1, 2, 7, 64, 65, 200] {
            let mut runs = Runs::default();
            let lengths: Vec<u32> = (0..50).map(|nth| 1 + nth * nth * 31 % longest).collect();
            for length in &lengths {
                (0..*length).for_each(|place| runs.push(place == 0));
            }
            let mut clause = 0;
            for (run, length) in lengths.into_iter().enumerate() {
                for _ in 0..length {
                    assert_eq!(runs.of(clause), run);
                    clause += 1;
                }
            }
        }
    }
}
