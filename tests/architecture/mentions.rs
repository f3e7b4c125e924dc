//! Lists every path that a Rust source mentions, wherever it stands: in a `use` group, a type, an
//! expression, an attribute or the tokens of a macro call.
//!
//! `proc_macro2` cuts the text into tokens, so comments and strings are out of the way. Nothing is
//! parsed beyond that; a path is what looks like one. `self`, `super` and the names that `use` brings
//! in are resolved, the latter for the whole file at once. Items under `#[cfg(test)]` are left out.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// How a path is mentioned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// In a type, an expression, an attribute, ...
    Path,
    /// By a `use` or `extern crate`.
    Import,
    /// By a `use`, with `::*` behind it.
    Glob,
    /// Called with no arguments.
    BareCall,
    /// Behind a dot: one segment.
    Method,
    /// `#[path = ...]`, which moves a module's file.
    FileAttribute,
}

/// A path as one place in a source mentions it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mention {
    /// `crate` first where the path leads into this crate, however it was written.
    pub(crate) path: Vec<String>,
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

/// What one source says.
#[derive(Default)]
pub(crate) struct Mentions {
    pub(crate) all: Vec<Mention>,
    /// Modules in files of their own that are there for tests alone, as full module paths.
    pub(crate) test_modules: Vec<Vec<String>>,
    /// What the names brought in by `use` stand for.
    aliases: BTreeMap<String, Vec<Vec<String>>>,
}

/// The name by which the binary calls the library.
const CRATE: &str = "doorstep";

/// Renamed names are followed this often, so that a name that stands for itself ends.
const RENAMES_MAX: usize = 6;

/// Reads the source of the module with the given path from the crate's root.
///
/// # Errors
/// Where the text is no sequence of Rust tokens, with the place.
pub(crate) fn read(module: &[String], text: &str) -> Result<Mentions, proc_macro2::LexError> {
    let tokens: Vec<TokenTree> = text.parse::<TokenStream>()?.into_iter().collect();
    let mut mentions = Mentions::default();
    mentions.walk(&tokens, module);
    let written = std::mem::take(&mut mentions.all);
    for mention in written {
        let meanings = mentions.meanings(&mention.path, RENAMES_MAX);
        mentions.all.extend(meanings.into_iter().map(|path| Mention { path, ..mention.clone() }));
    }
    Ok(mentions)
}

impl Mentions {
    fn walk(&mut self, tokens: &[TokenTree], module: &[String]) {
        let mut i = 0;
        while i < tokens.len() {
            i = match &tokens[i] {
                TokenTree::Punct(p) if p.as_char() == '#' => match attribute(tokens, i) {
                    Some(Attribute { inner: true, tests_only: true, .. }) => return,
                    Some(Attribute { tests_only: true, end, .. }) => {
                        self.skip_item(tokens, end, module)
                    }
                    _ => i + 1,
                },
                TokenTree::Group(group) => {
                    self.file_attribute(group);
                    self.walk(&inside(group), module);
                    i + 1
                }
                TokenTree::Ident(_) => self.walk_word(tokens, i, module),
                _ => i + 1,
            };
        }
    }

    /// Reads what begins with the word at `i`, and returns where to go on.
    fn walk_word(&mut self, tokens: &[TokenTree], i: usize, module: &[String]) -> usize {
        if punct(tokens, i.wrapping_sub(1), '\'') {
            return i + 1; // a lifetime
        }
        if punct(tokens, i.wrapping_sub(1), '.') && !punct(tokens, i.wrapping_sub(2), '.') {
            self.push(vec![word(tokens, i).unwrap_or_default()], Kind::Method, &tokens[i]);
            return i + 1;
        }
        match (word(tokens, i).as_deref(), word(tokens, i + 1), tokens.get(i + 2)) {
            (Some("mod"), Some(name), Some(TokenTree::Group(body))) => {
                self.walk(&inside(body), &joined(module, &[name]));
                i + 3
            }
            (Some("extern"), Some(second), _) if second == "crate" => {
                self.walk_use(tokens, i + 2, module)
            }
            (Some("use"), _, _) if !punct(tokens, i + 1, '<') => {
                self.walk_use(tokens, i + 1, module)
            }
            _ => self.walk_path(tokens, i, module),
        }
    }

    fn walk_path(&mut self, tokens: &[TokenTree], i: usize, module: &[String]) -> usize {
        // `<T>::now` goes on from a type that is not known here; `::tokio::spawn` starts afresh.
        let goes_on = separator(tokens, i.wrapping_sub(2));
        let unknown = goes_on && punct(tokens, i.wrapping_sub(3), '>');
        let mut path: Vec<String> = word(tokens, i).into_iter().collect();
        let mut end = i + 1;
        while separator(tokens, end) {
            let Some(next) = word(tokens, end + 2) else { break };
            path.push(next);
            end += 3;
        }
        let declared = word(tokens, i.wrapping_sub(1)).as_deref() == Some("fn");
        let bare_call = !declared
            && matches!(tokens.get(end), Some(TokenTree::Group(arguments))
                if arguments.delimiter() == Delimiter::Parenthesis && arguments.stream().is_empty());
        let path = if unknown { joined(&["_".to_owned()], &path) } else { resolve(path, module) };
        self.push(path, if bare_call { Kind::BareCall } else { Kind::Path }, &tokens[i]);
        end
    }

    fn walk_use(&mut self, tokens: &[TokenTree], start: usize, module: &[String]) -> usize {
        let length = tokens[start..].iter().position(|t| is_punct(t, ';'));
        let end = length.map_or(tokens.len(), |length| start + length);
        self.walk_use_tree(&tokens[start..end], &[], module);
        end
    }

    fn walk_use_tree(&mut self, tokens: &[TokenTree], prefix: &[String], module: &[String]) {
        for branch in tokens.split(|token| is_punct(token, ',')) {
            let mut path = prefix.to_vec();
            let mut alias = None;
            for (i, token) in branch.iter().enumerate() {
                match token {
                    TokenTree::Ident(name) if name == "as" => alias = word(branch, i + 1),
                    TokenTree::Ident(name) if alias.is_none() => path.push(name.to_string()),
                    TokenTree::Group(group) => self.walk_use_tree(&inside(group), &path, module),
                    TokenTree::Punct(p) if p.as_char() == '*' => {
                        self.push(resolve(path.clone(), module), Kind::Glob, token);
                    }
                    _ => {}
                }
            }
            let named = branch.iter().rfind(|token| matches!(token, TokenTree::Ident(_)));
            let ended = matches!(branch.last(), Some(TokenTree::Ident(_)));
            if let (Some(token), true) = (named, ended) {
                self.bring_in(resolve(path, module), alias, token);
            }
        }
    }

    /// Notes one leaf of a `use`.
    fn bring_in(&mut self, mut path: Vec<String>, alias: Option<String>, at: &TokenTree) {
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop(); // `use a::b::{self}`
        }
        if let Some(name) = alias.or_else(|| path.last().cloned())
            && path.first() != Some(&name)
        {
            self.aliases.entry(name).or_default().push(path.clone());
        }
        self.push(path, Kind::Import, at);
    }

    /// Steps over an item that is there for tests alone, attributes and all.
    fn skip_item(&mut self, tokens: &[TokenTree], start: usize, module: &[String]) -> usize {
        let mut i = start;
        while let Some(attribute) = attribute(tokens, i) {
            i = attribute.end;
        }
        if word(tokens, i).as_deref() == Some("pub") {
            i += 1;
            i += usize::from(matches!(tokens.get(i), Some(TokenTree::Group(_))));
        }
        let first = word(tokens, i).unwrap_or_default();
        let second = word(tokens, i + 1).unwrap_or_default();
        if first == "mod" && punct(tokens, i + 2, ';') {
            self.test_modules.push(joined(module, std::slice::from_ref(&second)));
        }
        let to_semicolon = matches!(first.as_str(), "use" | "type" | "static" | "let")
            || (first == "const" && !matches!(second.as_str(), "fn" | "unsafe" | "async"));
        let length = tokens[i..].iter().position(|token| match token {
            TokenTree::Group(body) => !to_semicolon && body.delimiter() == Delimiter::Brace,
            other => is_punct(other, ';'),
        });
        length.map_or(tokens.len(), |length| i + length + 1)
    }

    fn file_attribute(&mut self, group: &proc_macro2::Group) {
        let tokens = inside(group);
        if group.delimiter() == Delimiter::Bracket
            && word(&tokens, 0).as_deref() == Some("path")
            && punct(&tokens, 1, '=')
        {
            self.push(vec!["path".to_owned()], Kind::FileAttribute, &tokens[0]);
        }
    }

    fn push(&mut self, path: Vec<String>, kind: Kind, at: &TokenTree) {
        self.all.push(Mention { path, kind, line: at.span().start().line });
    }

    /// What a path may stand for, once the names that `use` brought in are put in their full form.
    fn meanings(&self, path: &[String], renames: usize) -> Vec<Vec<String>> {
        let full = match path {
            [first, _, ..] if renames > 0 => self.aliases.get(first),
            _ => None,
        };
        let Some(full) = full else { return vec![path.to_vec()] };
        full.iter().flat_map(|full| self.meanings(&joined(full, &path[1..]), renames - 1)).collect()
    }
}

struct Attribute {
    /// `#![...]`, which speaks of what it stands in.
    inner: bool,
    tests_only: bool,
    /// Where the tokens go on behind it.
    end: usize,
}

fn attribute(tokens: &[TokenTree], i: usize) -> Option<Attribute> {
    if !punct(tokens, i, '#') {
        return None;
    }
    let inner = punct(tokens, i + 1, '!');
    let at = i + 1 + usize::from(inner);
    let Some(TokenTree::Group(group)) = tokens.get(at) else { return None };
    let said = group.stream().to_string().replace(' ', "");
    let tests_only = said == "cfg(test)" || said.starts_with("cfg(all(test,");
    Some(Attribute { inner, tests_only, end: at + 1 })
}

/// Puts `crate` at the head of a path that leads into this crate from `module`.
fn resolve(path: Vec<String>, module: &[String]) -> Vec<String> {
    let root = ["crate".to_owned()];
    let mut here = module;
    let mut rest = path.as_slice();
    match rest.first().map(String::as_str) {
        Some("crate" | CRATE) => return joined(&root, &rest[1..]),
        Some("self") => rest = &rest[1..],
        Some("super") => {}
        _ => return path,
    }
    while rest.first().is_some_and(|first| first == "super") {
        rest = &rest[1..];
        here = here.split_last().map_or(&[], |(_, above)| above);
    }
    joined(&joined(&root, here), rest)
}

fn joined(head: &[String], tail: &[String]) -> Vec<String> {
    [head, tail].concat()
}

fn inside(group: &proc_macro2::Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn word(tokens: &[TokenTree], i: usize) -> Option<String> {
    match tokens.get(i) {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}

fn punct(tokens: &[TokenTree], i: usize, wanted: char) -> bool {
    tokens.get(i).is_some_and(|token| is_punct(token, wanted))
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == wanted)
}

/// Whether `::` stands at `i`.
fn separator(tokens: &[TokenTree], i: usize) -> bool {
    punct(tokens, i, ':') && punct(tokens, i.wrapping_add(1), ':')
}
