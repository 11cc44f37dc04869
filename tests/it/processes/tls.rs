//! TLS to Postgres: what `sslmode` and `sslrootcert` in `database.url` ask for is done.

use std::net::Ipv4Addr;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use diesel_async::RunQueryDsl;
use pollen::db;
use pollen::db::cluster::{Cluster, ClusterOptions};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio_postgres::NoTls;

use super::{Home, run};

/// An authority, and a certificate of its for this address: (authority, certificate, key) in PEM.
fn certificates(address: Ipv4Addr) -> (String, String, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec![address.to_string()]).unwrap().signed_by(&key, &issuer).unwrap();
    (authority_pem, server.pem(), key.serialize_pem())
}

/// Switches TLS on, or off without certificates.
async fn set_up(cluster: &Cluster, data: &Path, certificate: &str, key: &str) {
    let owner = data.metadata().unwrap();
    for (name, pem) in [("server.crt", certificate), ("server.key", key)] {
        let file = data.join(name);
        std::fs::write(&file, pem).unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
    let (client, connection) = tokio_postgres::connect(&cluster.url("postgres"), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("ALTER SYSTEM SET ssl = on").await.unwrap();
    client.batch_execute("SELECT pg_reload_conf()").await.unwrap();
}

/// Whether a connection is encrypted; why there is none.
async fn encrypted(url: &str) -> Result<bool, String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        ssl: bool,
    }
    let mut conn = db::connect(url, false).await.map_err(|error| error.to_string())?;
    let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let rows: Vec<Row> = diesel::sql_query(query).load(&mut conn).await.map_err(|error| error.to_string())?;
    Ok(rows[0].ssl)
}

/// Other addresses of this machine's than 127.0.0.1 are there without doing on Linux only.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_verified_as_the_url_asks() {
    let home = Home::new();
    let [high, low] = u16::try_from(std::process::id() % 60_000).unwrap().to_be_bytes();
    let (address, nameless) = (Ipv4Addr::new(127, high, low, 11), Ipv4Addr::new(127, high, low, 12));
    let mut options = ClusterOptions::new(home.path("data"));
    options.durable = false;
    options.settings = vec![("listen_addresses".into(), format!("{address},{nameless}"))];
    let cluster = tokio::task::spawn_blocking(|| Cluster::start(options)).await.unwrap().unwrap();
    let password = std::fs::read_to_string(home.path("data/postgres/password")).unwrap();
    let at =
        |address: Ipv4Addr, query: &str| format!("postgres://pollen:{}@{address}/postgres{query}", password.trim());

    assert_eq!(encrypted(&at(address, "")).await, Ok(false), "a server without TLS is spoken to without");
    let refused = encrypted(&at(address, "?sslmode=require")).await.unwrap_err();
    assert!(refused.contains("does not support TLS"), "{refused}");

    let (authority, certificate, key) = certificates(address);
    set_up(&cluster, &home.path("data/postgres/data"), &certificate, &key).await;
    let authority = home.file("ca.pem", &authority);
    let stranger = home.file("stranger.pem", &certificates(address).0);
    let empty = home.file("empty.pem", "");
    let with = |file: &Path| format!("?sslmode=verify-full&sslrootcert={}", file.display());
    super::until("the server to speak TLS", async || encrypted(&at(address, "")).await.ok().filter(|tls| *tls)).await;
    assert_eq!(encrypted(&at(address, "?sslmode=prefer")).await, Ok(true), "of whatever certificate");
    assert_eq!(encrypted(&at(address, "?sslmode=disable")).await, Ok(false));
    assert_eq!(encrypted(&at(address, &with(&authority))).await, Ok(true));
    for (url, why) in [
        (at(address, "?sslmode=require"), "sslrootcert=FILE"),
        (at(address, "?sslmode=verify-full&sslrootcert=system"), "invalid peer certificate"),
        (at(address, &with(&stranger)), "invalid peer certificate"),
        (at(nameless, &with(&authority)), "not valid for name"),
        (at(address, &with(&empty)), "there is no certificate in it"),
        (at(address, &with(&home.path("missing.pem"))), "missing.pem"),
    ] {
        let refused = encrypted(&url).await.unwrap_err();
        assert!(refused.contains(why) && !refused.contains(password.trim()), "{url}: {refused}");
    }
    let url = format!("database.url={}", at(address, &with(&authority)));
    let said = run(&["migrate", "--set", "instance.domain=pln.acme.com", "--set", &url]).await.ok();
    assert!(!said.is_empty());
    let url = format!("database.url={}", at(address, "?sslmode=require"));
    run(&["migrate", "--set", "instance.domain=pln.acme.com", "--set", &url])
        .await
        .refused(&["database.url", "sslrootcert"]);
    tokio::task::spawn_blocking(|| cluster.stop()).await.unwrap();
}
