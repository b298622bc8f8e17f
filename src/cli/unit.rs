//! `postbook unit`: a systemd user unit that runs `postbook sync --watch` in the background.

use super::args::Places;
use super::output;
use crate::config::paths::Paths;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use std::path::{Path, PathBuf};

/// What the unit is called.
const NAME: &str = "postbook.service";

/// Prints the unit, or writes it to where systemd looks for it.
///
/// # Errors
/// When the places are unknown, or the file cannot be written.
pub fn run(places: &Places, install: bool) -> Result<()> {
    let program = std::env::current_exe()
        .map_err(|error| Problem::new(Kind::Internal, format!("where this program is cannot be found out: {error}")))?;
    // Only what was named stands in the unit: the platform's own places are found again by themselves.
    let named = |place: Option<&PathBuf>| place.map(std::path::absolute).transpose();
    let cannot = |error: std::io::Error| Problem::new(Kind::Usage, format!("this place cannot be used: {error}"));
    let config = named(places.config.as_ref()).map_err(cannot)?;
    let data_dir = named(places.data_dir.as_ref()).map_err(cannot)?;
    let unit = unit(&program, config.as_deref(), data_dir.as_deref())?;
    // A configuration that cannot be used is told now and not by a unit that fails.
    crate::config::Config::load(&Paths::new(config, data_dir)?.config_file)?;
    let file = place()?;
    let shown = Text::line(&file.to_string_lossy());
    let start = format!("systemctl --user daemon-reload && systemctl --user enable --now {NAME}");
    if !install {
        let _ = output::print(unit.trim_end())?;
        let advice = format!("Put it into {shown} (or run: postbook unit --install), then: {start}");
        output::note(&Text::from(advice));
        return Ok(());
    }
    write(&file, &unit).map_err(|error| Problem::new(Kind::Store, format!("cannot write {shown}: {error}")))?;
    output::print(&format!("Written: {shown}\nStart it: {start}\nSee what it does: journalctl --user -u {NAME} -f"))
        .map(drop)
}

/// `$XDG_CONFIG_HOME/systemd/user`, by default `~/.config/systemd/user` (systemd.unit(5)).
fn place() -> Result<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = named.or_else(|| Some(directories::BaseDirs::new()?.home_dir().join(".config")));
    let folder = folder.ok_or_else(|| Problem::new(Kind::Config, "the home folder is unknown").hint("set HOME"))?;
    Ok(folder.join("systemd/user").join(NAME))
}

fn write(file: &Path, unit: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, unit)
}

/// The unit. What is switched off in it needs no privilege to be switched off: what a user's own manager cannot do (mounts, other users)
/// is left out, because the unit would not start.
fn unit(program: &Path, config: Option<&Path>, data_dir: Option<&Path>) -> Result<String> {
    let mut command = vec![quoted(program)?];
    for (option, place) in [("--config", config), ("--data-dir", data_dir)] {
        if let Some(place) = place {
            command.extend([option.to_owned(), quoted(place)?]);
        }
    }
    command.push("sync --watch".to_owned());
    Ok(format!(
        "# Made by: postbook unit
[Unit]
Description=Postbook: fetches and sends mail as it comes

[Service]
ExecStart={}
Restart=on-failure
RestartSec=30
# A letter that is just being handed over gets this long to arrive.
TimeoutStopSec=30
# Passwords in environment variables: name a file that only you can read.
# EnvironmentFile=%h/.config/postbook/environment
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
UMask=0077

[Install]
WantedBy=default.target
",
        command.join(" ")
    ))
}

/// A word of a command line as systemd reads it (systemd.service(5), \"Command lines\"): quotes, backslashes, and % and $ doubled.
fn quoted(path: &Path) -> Result<String> {
    let unfit = || {
        let shown = Text::line(&path.to_string_lossy());
        Problem::new(Kind::Input, format!("{shown} cannot stand in a unit"))
            .hint("name a place without such characters")
    };
    let text = path.to_str().ok_or_else(unfit)?;
    if text.chars().any(char::is_control) {
        return Err(unfit());
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    let plain = escaped == text && !text.contains([' ', '\'', ';']);
    Ok(if plain { text.to_owned() } else { format!("\"{escaped}\"") })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_what_was_named_stands_in_it() {
        let program = Path::new("/opt/post book/postbook");
        let bare = unit(program, None, None).unwrap();
        assert!(bare.contains("\nExecStart=\"/opt/post book/postbook\" sync --watch\n"), "{bare}");
        let named =
            unit(Path::new("/usr/bin/postbook"), Some(Path::new("/c/a.toml")), Some(Path::new("/d%$\"\\x"))).unwrap();
        let expected = "\nExecStart=/usr/bin/postbook --config /c/a.toml --data-dir \"/d%%$$\\\"\\\\x\" sync --watch\n";
        assert!(named.contains(expected), "{named}");
        assert!(named.contains("\nRestart=on-failure\n") && named.contains("\nWantedBy=default.target\n"));
        assert!(unit(Path::new("/a\nExecStart=/bin/evil"), None, None).is_err());
    }
}
