//! The table.

use crate::measure::Taken;
use crate::server::PAGE;
use std::fmt::Write as _;

/// One line a program; the first is the one that the others are compared with, round by round.
pub(crate) fn table(users: usize, rows: &[(&str, Vec<Taken>)]) -> String {
    let rounds = rows.first().map_or(0, |(_, taken)| taken.len());
    let mut text = format!("{users} users, {PAGE} a page, {rounds} rounds; medians\n\n");
    let title = ["program", "users/s", "wall s (min–max)", "CPU s", "peak MiB", "wall ×", "CPU ×"];
    let body = rows.iter().map(|(name, taken)| {
        let base = rows.first().map_or(&taken[..], |(_, base)| base);
        line(name, users, taken, base)
    });
    for [name, speed, wall, cpu, peak, wall_ratio, cpu_ratio] in std::iter::once(title.map(str::to_owned)).chain(body) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:<8} {speed:>10} {wall:>22} {cpu:>8} {peak:>9} {wall_ratio:>8} {cpu_ratio:>8}");
    }
    text
}

fn line(name: &str, users: usize, taken: &[Taken], base: &[Taken]) -> [String; 7] {
    let wall = sorted(taken.iter().map(|taken| taken.wall));
    let ratio = |of: fn(&Taken) -> f64| median(taken.iter().zip(base).map(|(one, base)| of(one) / of(base)));
    let (least, most) = (wall.first().copied().unwrap_or(0.0), wall.last().copied().unwrap_or(0.0));
    let wall = median(wall);
    [
        name.to_owned(),
        format!("{:.0}", users as f64 / wall),
        format!("{wall:.2} ({least:.2}–{most:.2})"),
        format!("{:.2}", median(taken.iter().map(|taken| taken.cpu))),
        format!("{:.0}", median(taken.iter().map(|taken| taken.peak))),
        format!("{:.1}", ratio(|taken| taken.wall)),
        format!("{:.1}", ratio(|taken| taken.cpu)),
    ]
}

fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The middle value; of an even number, the mean of the two in the middle.
fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let values = sorted(values);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    match values.len() {
        0 => f64::NAN,
        count if count.is_multiple_of(2) => f64::midpoint(at(count / 2 - 1), at(count / 2)),
        count => at(count / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median([]).is_nan());
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let taken = |wall: f64| Taken { wall, cpu: wall, peak: 10.0 };
        let rows = [
            ("native", vec![taken(1.0), taken(10.0), taken(1.0)]),
            ("purser", vec![taken(2.0), taken(20.0), taken(2.0)]),
        ];
        let text = table(1_000, &rows);
        assert!(text.lines().last().unwrap().trim_end().ends_with("2.0      2.0"), "{text}");
        assert!(text.contains("2.00 (2.00–20.00)"), "{text}");
    }
}
