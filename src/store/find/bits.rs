//! A set of keys as bits: keys of a table are dense, and sets of a million of them are joined in no time.

/// The set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::store) struct Bits {
    words: Vec<u64>,
}

/// Keys above this are not taken in: a set of them would fill the memory. No mailbox comes near.
const LARGEST: i64 = 1 << 31;

impl Bits {
    fn place(key: i64) -> Option<(usize, u64)> {
        (0..LARGEST).contains(&key).then_some(())?;
        let key = usize::try_from(key).ok()?;
        Some((key / 64, 1 << (key % 64)))
    }

    pub(in crate::store) fn insert(&mut self, key: i64) {
        let Some((word, bit)) = Self::place(key) else { return };
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(place) = self.words.get_mut(word) {
            *place |= bit;
        }
    }

    pub(in crate::store) fn contains(&self, key: i64) -> bool {
        Self::place(key).and_then(|(word, bit)| self.words.get(word).map(|place| place & bit != 0)).unwrap_or(false)
    }

    pub(in crate::store) fn len(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(in crate::store) fn and(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        self.words.iter_mut().zip(&other.words).for_each(|(one, other)| *one &= other);
    }

    pub(in crate::store) fn or(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(one, other)| *one |= other);
    }

    /// The keys in ascending order.
    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        self.words.iter().zip(0_i64..).flat_map(|(word, at)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros();
                    left &= left - 1;
                    at * 64 + i64::from(bit)
                })
            })
        })
    }
}

impl FromIterator<i64> for Bits {
    fn from_iter<I: IntoIterator<Item = i64>>(keys: I) -> Self {
        let mut bits = Self::default();
        keys.into_iter().for_each(|key| bits.insert(key));
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    proptest::proptest! {
        #[test]
        fn bits_are_a_set(one in proptest::collection::vec(0_i64..300, 0..40), other in proptest::collection::vec(0_i64..300, 0..40)) {
            let (a, b): (BTreeSet<i64>, BTreeSet<i64>) = (one.iter().copied().collect(), other.iter().copied().collect());
            let (x, y): (Bits, Bits) = (one.into_iter().collect(), other.into_iter().collect());
            proptest::prop_assert_eq!(x.iter().collect::<Vec<_>>(), a.iter().copied().collect::<Vec<_>>());
            proptest::prop_assert_eq!(x.len(), a.len() as u64);
            let (mut and, mut or) = (x.clone(), x);
            and.and(&y);
            or.or(&y);
            proptest::prop_assert!(and.iter().eq(a.intersection(&b).copied()));
            proptest::prop_assert!(or.iter().eq(a.union(&b).copied()));
            proptest::prop_assert_eq!(and.is_empty(), a.is_disjoint(&b));
            proptest::prop_assert!((0..310).all(|key| or.contains(key) == (a.contains(&key) || b.contains(&key))));
        }
    }

    #[test]
    fn no_key_fills_the_memory() {
        let bits: Bits = [-1, i64::MAX, i64::MIN, 7].into_iter().collect();
        assert_eq!(bits.iter().collect::<Vec<_>>(), [7]);
    }
}
