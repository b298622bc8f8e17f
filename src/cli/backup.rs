//! `postbook backup` and `postbook restore`: what no server has, saved and brought back.

use super::context::Context;
use super::desk::Desk;
use super::output;
use super::rebuild::{bring_letters, in_order, on_the_way};
use super::table::{Side, Table, time};
use crate::config::paths::Paths;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::runtime::backups::{self, Backup};
use crate::runtime::owner::Owner;
use crate::store::backup::write_backup;
use crate::store::damage;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;

/// Makes a backup now: among the others, or as a file of its own.
///
/// # Errors
/// When the store cannot be read or the file cannot be written.
pub fn run(context: &Context, to: Option<&Path>, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now().timestamp();
    let backup = match to {
        Some(file) => {
            write_backup(&desk.paths.store_file, file)?;
            let size = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
            Backup { made: now, file: file.to_owned(), size }
        }
        None => backups::make(&desk.paths.store_file, &desk.paths.data_dir, now)?,
    };
    if as_json {
        return output::json(&json!({ "backup": document(&backup) })).map(drop);
    }
    output::print(&format!("Backup made: {} ({}).", backup.file.display(), size(backup.size))).map(drop)
}

/// The backups there are, newest first.
///
/// # Errors
/// When standard output cannot be written.
pub fn list(context: &Context, as_json: bool) -> Result<()> {
    let backups = backups::list(&context.paths.data_dir);
    if as_json {
        return output::json(&json!({ "backups": backups.iter().map(document).collect::<Value>() })).map(drop);
    }
    if backups.is_empty() {
        return output::print("There is no backup yet; postbook backup makes one.").map(drop);
    }
    let mut table = Table::new(&[("made", Side::Left), ("size", Side::Right), ("file", Side::Left)]);
    for backup in &backups {
        let file = Text::line(&backup.file.to_string_lossy());
        table.row(vec![time(backup.made, &context.config.zone), Text::from(size(backup.size)), file]);
    }
    output::print(&table.print("")).map(drop)
}

/// Takes a backup for the store. The present store is put aside, never deleted.
///
/// # Errors
/// When the file is no backup, another Postbook works with the store, or a file cannot be written.
pub fn restore(context: &Context, file: &Path, as_json: bool) -> Result<()> {
    let paths = &context.paths;
    let _owner = Owner::must_take(&paths.data_dir)?;
    let made = time_of(file)?;
    let aside = take(paths, file)?;
    let desk = Desk::open(context)?;
    let held = in_order(&desk, made)?;
    if as_json {
        return output::json(&json!({
            "restored": file.to_string_lossy(), "aside": aside.map(|aside| aside.to_string_lossy().into_owned()), "uncertain": held,
        }))
        .map(drop);
    }
    let mut lines = vec![format!("Restored to how it was at {}.", time(made, &context.config.zone))];
    lines.extend(aside.map(|aside| format!("The store that was there is kept as {}.", aside.display())));
    lines.extend(on_the_way(held));
    lines.iter().try_for_each(|line| output::print(line).map(drop))?;
    bring_letters(&desk)
}

/// Puts the store aside and the backup in its place; gives where the store is now.
fn take(paths: &Paths, file: &Path) -> Result<Option<std::path::PathBuf>> {
    let new = paths.data_dir.join("postbook.db.new");
    // Whole, before anything is moved.
    damage::unfold(file, &new).map_err(|problem| {
        let mut problem = problem.at(format!("the backup {}", file.display()));
        problem.hint = Some("take another one: postbook restore lists them".to_owned());
        problem
    })?;
    let aside = damage::put_aside(&paths.store_file, "before-restore", Timestamp::now())?;
    damage::put_in_place(&new, &paths.store_file)?;
    Ok(aside)
}

/// When a backup was made: its name says it, else the file's time.
fn time_of(file: &Path) -> Result<Timestamp> {
    let modified = std::fs::metadata(file).and_then(|metadata| metadata.modified()).map_err(|error| {
        Problem::new(Kind::NotFound, format!("the backup {} cannot be read: {error}", file.display()))
            .hint("postbook restore lists the backups there are")
    })?;
    let of_file = || Timestamp::try_from(modified).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(backups::made_at(file).unwrap_or_else(of_file))
}

fn document(backup: &Backup) -> Value {
    json!({ "file": backup.file.to_string_lossy(), "made": backup.made.to_string(), "size": backup.size })
}

/// `812 KB`, `2.4 MB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_in_words() {
        for (bytes, text) in [(1, "1 KB"), (812_000, "812 KB"), (2_450_000, "2.4 MB")] {
            assert_eq!(size(bytes), text);
        }
    }
}
