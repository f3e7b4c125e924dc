//! Where the files of the pages come from: the binary, or a folder for those who work on them.
//!
//! `make web` builds them into `web/dist`, each beside a copy compressed with Brotli and one with
//! gzip; what is there when the crate is compiled is embedded in it. Without Node nothing is there,
//! and the crate compiles all the same. Debug builds read the folder as it is when asked.

use rust_embed::{Embed, EmbeddedFile};
use std::path::{Component, Path, PathBuf};

#[derive(Embed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// The built pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PageFiles {
    /// Those that were there when this program was compiled.
    #[default]
    Embedded,
    /// Those in a folder, as they are when asked for.
    Folder(PathBuf),
}

impl PageFiles {
    /// A file by its path below the pages' folder, with `/` between the parts.
    pub(super) fn get(&self, path: &str) -> Option<EmbeddedFile> {
        match self {
            Self::Embedded => Built::get(path),
            Self::Folder(folder) => {
                let is_below = |part| matches!(part, Component::Normal(_));
                let stays = Path::new(path).components().all(is_below);
                let file = stays.then(|| folder.join(path))?;
                rust_embed::utils::read_file_from_fs(&file).ok()
            }
        }
    }

    /// Whether there are pages at all.
    #[must_use]
    pub fn are_built(&self) -> bool {
        self.get("dispatch.html").is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_what_is_in_it_and_nothing_beside_it() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("dist");
        std::fs::create_dir_all(folder.join("assets")).unwrap();
        std::fs::write(folder.join("dispatch.html"), "page").unwrap();
        std::fs::write(folder.join("assets/a.js"), "script").unwrap();
        std::fs::write(outer.path().join("secret"), "secret").unwrap();
        let files = PageFiles::Folder(folder.clone());
        assert!(files.are_built());
        let text = |path: &str| files.get(path).map(|file| file.data.into_owned());
        assert_eq!(text("assets/a.js").as_deref(), Some(&b"script"[..]));
        let absolute = outer.path().join("secret");
        for path in ["../secret", "assets/../../secret", "", "assets", absolute.to_str().unwrap()] {
            assert_eq!(text(path), None, "{path}");
        }
        assert!(!PageFiles::Folder(outer.path().to_owned()).are_built());
    }
}
