//! The place in a list, kept by key: a reload never moves the row under the eye.

/// The selected row of a list.
#[derive(Debug, Clone)]
pub struct Cursor<K> {
    keys: Vec<K>,
    /// The selected row's place.
    pub index: usize,
    /// The first row on the screen.
    pub offset: usize,
    /// A row was chosen by a key or the mouse, instead of being the first one there was.
    chosen: bool,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self { keys: Vec::new(), index: 0, offset: 0, chosen: false }
    }
}

impl<K: Copy + PartialEq> Cursor<K> {
    /// The selected row's key.
    #[must_use]
    pub fn key(&self) -> Option<K> {
        self.keys.get(self.index).copied()
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The list was read again. The selected row stays selected and on its line of the screen; when it is gone,
    /// the next one that is still there takes its place, else the last. A list that shows its beginning goes on
    /// showing it: what arrives there is seen, and the selected row moves down a line.
    pub fn set(&mut self, keys: Vec<K>) {
        let old_index = self.index;
        let following = self.keys.get(old_index..).unwrap_or_default();
        let found = following.iter().find_map(|wanted| keys.iter().position(|key| key == wanted));
        self.index = found.unwrap_or_else(|| {
            // At the end of the list: the nearest row above that is still there.
            let before = self.keys.get(..old_index).unwrap_or_default();
            before.iter().rev().find_map(|wanted| keys.iter().position(|key| key == wanted)).unwrap_or(0)
        });
        if self.offset > 0 {
            let on_line = old_index.saturating_sub(self.offset);
            self.offset = self.index.saturating_sub(on_line);
        }
        self.keys = keys;
    }

    /// The same; but until a row is chosen, the first one is selected, whatever comes before it.
    pub fn set_from_the_first(&mut self, keys: Vec<K>) {
        if self.chosen {
            return self.set(keys);
        }
        (self.index, self.offset, self.keys) = (0, 0, keys);
    }

    /// Selects a row by key, if it is there.
    pub fn select(&mut self, key: K) -> bool {
        let found = self.keys.iter().position(|k| *k == key);
        if let Some(index) = found {
            self.index = index;
            self.chosen = true;
        }
        found.is_some()
    }

    /// A row was chosen by a key or the mouse.
    #[must_use]
    pub fn is_chosen(&self) -> bool {
        self.chosen
    }

    /// The line of the screen that the selected row is on.
    #[must_use]
    pub fn line(&self) -> usize {
        self.index.saturating_sub(self.offset)
    }

    /// Selects a row and puts it on that line of the screen, where the list is long enough.
    pub fn put(&mut self, key: K, line: usize) {
        if self.select(key) {
            self.offset = self.index.saturating_sub(line);
        }
    }

    /// Moves by rows, stopping at the ends.
    pub fn step(&mut self, rows: isize) {
        self.chosen = true;
        self.index = self.index.saturating_add_signed(rows).min(self.keys.len().saturating_sub(1));
    }

    /// Keeps the selected row on a screen of `height` rows, and no empty rows below when there are rows above. A list that is not
    /// drawn (0 rows: something else has the screen) stays as it is, so that it is found as it was left.
    pub fn settle(&mut self, height: usize) {
        self.index = self.index.min(self.keys.len().saturating_sub(1));
        if height == 0 {
            return;
        }
        self.offset = self.offset.min(self.index).min(self.keys.len().saturating_sub(height));
        if self.index >= self.offset + height {
            self.offset = self.index + 1 - height;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(keys: &[u8], index: usize) -> Cursor<u8> {
        Cursor { keys: keys.to_vec(), index, ..Cursor::default() }
    }

    #[test]
    fn a_list_that_is_not_drawn_is_found_as_it_was_left() {
        let mut cursor = cursor(&[1, 2, 3, 4, 5], 3);
        cursor.settle(4);
        cursor.settle(0);
        cursor.set(vec![1, 2, 3, 5]);
        cursor.settle(0);
        assert_eq!((cursor.key(), cursor.offset, cursor.line()), (Some(5), 0, 3));
    }

    #[test]
    fn the_selected_row_stays_under_the_cursor() {
        for (before, index, after, expected) in [
            (&[1, 2, 3][..], 1, &[9, 1, 2, 3][..], Some(2)), // a row arrives above
            (&[1, 2, 3], 1, &[1, 3], Some(3)),               // the row is cleared: the next one
            (&[1, 2, 3], 2, &[1, 2], Some(2)),               // the last is cleared: the one above
            (&[1, 2, 3], 1, &[1, 4], Some(1)),               // it and the next are gone
            (&[1], 0, &[], None),
        ] {
            let mut cursor = cursor(before, index);
            cursor.set(after.to_vec());
            assert_eq!(cursor.key(), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn the_screen_does_not_jump() {
        let mut cursor = Cursor { keys: (0..100).collect(), index: 50, offset: 45, chosen: true };
        cursor.set((0..100).map(|k| if k < 10 { 200 + k } else { k }).chain(150..160).rev().collect());
        assert_eq!((cursor.key(), cursor.index - cursor.offset), (Some(50), 5));
    }

    #[test]
    fn what_arrives_at_the_top_is_seen() {
        let mut cursor = cursor(&[3, 2, 1], 0);
        cursor.set(vec![5, 4, 3, 2, 1]);
        cursor.settle(3);
        assert_eq!((cursor.key(), cursor.index, cursor.offset), (Some(3), 2, 0));
        // More than fits: the selected row stays in sight all the same.
        cursor.set(vec![7, 6, 5, 4, 3, 2, 1]);
        cursor.settle(3);
        assert_eq!((cursor.key(), cursor.index, cursor.offset), (Some(3), 4, 2));
    }

    #[test]
    fn a_list_that_fills_up_begins_at_its_first_row_until_one_is_chosen() {
        let mut cursor = Cursor::default();
        cursor.set_from_the_first(vec![8, 9]);
        cursor.set_from_the_first(vec![6, 7, 8, 9]);
        assert_eq!(cursor.key(), Some(6));
        cursor.step(1);
        cursor.set_from_the_first(vec![5, 6, 7, 8, 9]);
        assert_eq!(cursor.key(), Some(7));
    }

    #[test]
    fn it_stays_on_the_screen() {
        let mut cursor = cursor(&(0..30).collect::<Vec<_>>(), 0);
        cursor.step(12);
        cursor.settle(10);
        assert_eq!(cursor.offset, 3);
        cursor.step(100);
        cursor.settle(10);
        assert_eq!((cursor.index, cursor.offset), (29, 20));
        cursor.settle(1);
        assert_eq!(cursor.offset, 29);
    }
}
