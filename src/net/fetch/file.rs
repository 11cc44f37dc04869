//! Pictures, films and sounds, which may be large, and whose servers may be slow: `media::object` fetches them.

use std::time::Duration;

use reqwest::header;
use tokio::io::AsyncWriteExt;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{FetchError, Fetcher, MOST_REDIRECTS, PATIENCE, check_status, network, redirect};
use crate::net::send::send;

/// How long a picture or film may take, which may be large, with all redirects to it.
const FILE_PATIENCE: Duration = Duration::from_secs(60);

/// How fast it comes at least, on the whole, in bytes a second; [`PATIENCE`] is had for the way to it.
const LEAST_SPEED: u64 = 16 * 1024;

const ACCEPT_FILE: &str = "image/*, video/*, audio/*";

impl Fetcher {
    /// Fetches a file of at most so many bytes into `out`, whatever it is: what is in it tells, not what its server calls it.
    /// Not signed: pictures are for everyone who knows their address. Returns its size.
    pub async fn get_file(
        &self,
        url: &Url,
        most: u64,
        out: &mut (dyn tokio::io::AsyncWrite + Unpin + Send),
    ) -> Result<u64, FetchError> {
        let (mut url, began) = (url.clone(), Instant::now());
        for _ in 0..=MOST_REDIRECTS {
            self.guard.check_url(&url)?;
            let request = self.client.get(url.clone()).header(header::ACCEPT, ACCEPT_FILE).timeout(FILE_PATIENCE);
            let mut response =
                timeout_at(began + time_for(0), send(request)).await.map_err(too_slow)?.map_err(network)?;
            if let Some(next) = redirect(&response, &url)? {
                url = next;
                continue;
            }
            check_status(response.status())?;
            let mut size = 0;
            loop {
                let next = timeout_at(began + time_for(size), response.chunk()).await.map_err(too_slow)?;
                let Some(chunk) = next.map_err(network)? else { break };
                size += chunk.len() as u64;
                if size > most {
                    return Err(FetchError::TooLarge);
                }
                out.write_all(&chunk).await.map_err(FetchError::Local)?;
            }
            out.flush().await.map_err(FetchError::Local)?;
            return Ok(size);
        }
        Err(FetchError::BadContent("it redirects too often".into()))
    }
}

/// So long after it was asked for, more than this of a file must be there: whoever lets it drip holds its place no longer.
fn time_for(size: u64) -> Duration {
    (PATIENCE + Duration::from_millis(size.saturating_mul(1000) / LEAST_SPEED)).min(FILE_PATIENCE)
}

fn too_slow(_: Elapsed) -> FetchError {
    FetchError::Network("it took too long".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_drips_is_not_waited_for() {
        assert_eq!(time_for(0), PATIENCE, "nothing yet, however often it redirects");
        assert_eq!(time_for(10), PATIENCE);
        assert_eq!(time_for(20 * LEAST_SPEED), PATIENCE + Duration::from_secs(20));
        assert_eq!(time_for(u64::MAX), FILE_PATIENCE);
    }
}
