//! What can come between the program and a cluster: answers that are lost, that are late, or that
//! tell of less.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::cluster::stub::{self, Heard};

/// Serves until the tests are over: `answer` gives what the program hears to a request, of which
/// it is told the how manieth it is, from 0; what it is given last hands the request on to the node
/// at `behind` and gives its answer. The port.
pub(crate) fn serve(
    behind: u16,
    answer: impl Fn(usize, &Heard, &dyn Fn() -> (u16, String)) -> (u16, String) + Send + Sync + 'static,
) -> u16 {
    let count = AtomicUsize::new(0);
    let (port, _) = stub::serve(move |request, body| {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        answer(nth, request, &|| hand_on(behind, request, body))
    });
    port
}

fn hand_on(behind: u16, request: &Heard, body: &[u8]) -> (u16, String) {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(60)))
        .allow_non_standard_methods(true)
        .build();
    let agent: ureq::Agent = config.into();
    let asked = ureq::http::Request::builder()
        .method(&*request.method)
        .uri(format!("http://127.0.0.1:{behind}{}", request.path))
        .header("content-type", request.header("content-type").unwrap_or("application/json"))
        .body(body)
        .unwrap();
    let mut answer = agent.run(asked).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}
