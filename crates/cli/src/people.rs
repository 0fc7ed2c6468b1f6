//! `parclose people`: what whoever runs the server can do when nobody can come in any more.

use crate::args::DataArgs;
use crate::data_dir::config;
use anyhow::bail;
use parclose_access::{Door, Refusal};
use parclose_identity::{Error, Identity, Limits, OsRandomness};
use parclose_model::WorkspaceId;
use std::sync::Arc;

pub async fn reset_link(login: &str, data: DataArgs) -> anyhow::Result<()> {
    let config = config(&data)?;
    let path = config.data_dir.join("catalog.db");
    if !path.exists() {
        bail!("there is no catalog in {}: is this the data folder of the server?", config.data_dir.display());
    }
    let catalog = parclose_catalog::Catalog::open(&path).await?;
    let identity = Identity::new(catalog.clone(), Arc::new(Door::open()?), Arc::new(OsRandomness), Limits::default()).await?;
    let made = identity.password_link_of_login(&WorkspaceId::new(config.workspace.clone()), login, crate::now_ms()).await;
    catalog.close().await;
    match made {
        Ok(link) => {
            println!("{}/reset#{}", config.base_url(), link.secret());
            eprintln!("Give this link to the person and to nobody else. It works once, within 24 hours.");
            Ok(())
        }
        Err(Error::Refused(Refusal::NotFound)) => bail!("nobody active in the workspace {:?} has this login", config.workspace),
        Err(Error::NoLocalSignIn) => bail!("this person signs in with an identity provider: there is no password to reset"),
        Err(error) => Err(error.into()),
    }
}
