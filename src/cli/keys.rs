//! `doorstep keys`: make, list and revoke API keys.

use super::{CliError, files};
use crate::clock::Clock;
use crate::config::Connection;
use crate::desk::{Desk, NewKey, Role};
use crate::model::{CourierId, KeyId, ProgrammeId, RegionId};
use clap::{Args, Subcommand};
use std::fmt::Write;

/// What to do with keys.
#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key and print its token, which is shown this once.
    Create {
        /// checkout, courier, dispatcher or admin.
        #[arg(long)]
        role: Role,
        /// Whose bookings the key is about; needed for a checkout.
        #[arg(long)]
        programme: Option<ProgrammeId>,
        /// Where a dispatcher works; everywhere if absent.
        #[arg(long)]
        region: Option<RegionId>,
        /// Which courier; needed for a courier.
        #[arg(long)]
        courier: Option<CourierId>,
        #[command(flatten)]
        connection: Connection,
    },
    /// List all keys, without their tokens.
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Take a key out of use.
    Revoke {
        /// The key's id, as `list` shows it.
        id: KeyId,
        #[command(flatten)]
        connection: Connection,
    },
}

pub(super) async fn run(args: KeysArgs) -> Result<(), CliError> {
    match args.action {
        Action::Create {
            role: role @ (Role::Checkout | Role::Picker), programme: None, ..
        } => Err(CliError::Usage(format!("a {role} key needs a programme: add --programme"))),
        Action::Create { role: Role::Courier, courier: None, .. } => {
            Err(CliError::Usage("a courier key needs a courier: add --courier".to_owned()))
        }
        Action::Create { role, programme, region, courier, connection } => {
            let desk = open(&connection).await?;
            let (id, token) = desk.create_key(NewKey { role, programme, region, courier }).await?;
            tracing::info!(key.id = %id, "key made; its token is shown this once");
            files::print(&format!("{token}\n"))
        }
        Action::List { connection } => list(&connection).await,
        Action::Revoke { id, connection } => revoke(id, &connection).await,
    }
}

async fn list(connection: &Connection) -> Result<(), CliError> {
    let mut lines = String::new();
    for key in connection.open().await?.keys().await? {
        let of = [
            key.programme.as_ref().map(ToString::to_string),
            key.region.as_ref().map(ToString::to_string),
            key.courier.as_ref().map(ToString::to_string),
        ];
        let of: Vec<String> = of.into_iter().flatten().collect();
        let state = if key.revoked_at.is_some() { "revoked" } else { "in use" };
        let made = key.created_at.format("%Y-%m-%d");
        let _ = writeln!(
            lines,
            "{}  {:<10}  …{}  {made}  {state:<7}  {}",
            key.id,
            key.role,
            key.label,
            of.join(" ")
        );
    }
    files::print(&lines)
}

/// Revoking a key that is out of use already is no failure.
async fn revoke(id: KeyId, connection: &Connection) -> Result<(), CliError> {
    let desk = open(connection).await?;
    let keys = desk.store().keys().await?;
    match keys.iter().find(|key| key.id == id) {
        None => Err(CliError::Failed(format!("there is no key {id}: see `doorstep keys list`"))),
        Some(key) if key.revoked_at.is_some() => {
            files::print(&format!("{id} was revoked already\n"))
        }
        Some(_) => {
            desk.revoke_key(id).await?;
            files::print(&format!("{id} revoked\n"))
        }
    }
}

async fn open(connection: &Connection) -> Result<Desk, CliError> {
    Ok(Desk::open(connection.open().await?, Clock::system()).await?)
}
