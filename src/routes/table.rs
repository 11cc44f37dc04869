//! Puts the routes of the client API into groups by the beginning of their paths, so that a request is held against those of
//! its own group and not against all there are: actix-web tries one pattern after the other, and there are hundreds.

use actix_web::{Route, web};

/// How many parts of a path say in which group it is: `/api/v1/statuses`.
const PARTS: usize = 3;

/// Routes, as they are named one after the other.
#[derive(Default)]
pub struct Routes {
    /// By the beginning, which is left out of the paths.
    groups: Vec<(&'static str, Vec<(&'static str, Route)>)>,
    /// What is no API.
    others: Vec<(&'static str, Route)>,
}

impl Routes {
    /// Adds a route. Of two for one path, the first whose guards hold counts.
    pub fn route(&mut self, path: &'static str, route: Route) -> &mut Self {
        let Some((beginning, rest)) = split(path) else {
            self.others.push((path, route));
            return self;
        };
        match self.groups.iter_mut().find(|(known, _)| *known == beginning) {
            Some((_, routes)) => routes.push((rest, route)),
            None => self.groups.push((beginning, vec![(rest, route)])),
        }
        self
    }

    /// Hands them to the server.
    pub fn configure(self, config: &mut web::ServiceConfig) {
        for (beginning, routes) in self.groups {
            let group = web::scope(beginning);
            config.service(routes.into_iter().fold(group, |group, (path, route)| group.route(path, route)));
        }
        for (path, route) in self.others {
            config.route(path, route);
        }
    }
}

/// The group of a path of the API, and the rest of the path.
fn split(path: &'static str) -> Option<(&'static str, &'static str)> {
    if !path.starts_with("/api/") {
        return None;
    }
    let end = path.match_indices('/').nth(PARTS).map_or(path.len(), |(at, _)| at);
    path.split_at_checked(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_the_beginning_of_a_path() {
        assert_eq!(split("/api/v1/statuses/{id}/context"), Some(("/api/v1/statuses", "/{id}/context")));
        assert_eq!(split("/api/v1/statuses"), Some(("/api/v1/statuses", "")));
        assert_eq!(split("/api/oembed"), Some(("/api/oembed", "")));
        assert_eq!(split("/users/{name}"), None);
    }
}
