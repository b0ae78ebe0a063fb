//! Tools for AI assistants through the Model Context Protocol, over standard input and output
//! (`lines.rs`) and over HTTP (`http.rs`).
//!
//! The answers and limits are those of the API: the same requests are read (`tools.rs`), the same
//! descriptions are given (`describe.rs`), and answers are the same JSON without what assistants
//! don't need (`brief.rs`).

mod brief;
mod describe;
mod http;
mod lines;
mod purpose;
mod tools;

use std::sync::Arc;

use axum::http::request::Parts;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    Implementation, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
    Tool,
};
use rmcp::service::{RequestContext, RoleServer, ServerInitializeError};
use rmcp::{ServerHandler, ServiceExt};

use crate::access::{Admitted, Right};
use crate::live::View;
use crate::problem::Problem;
use crate::work::{answer, answer_in_turn};
use crate::{App, ServeError, ServeOptions, live};
pub(crate) use http::{MOST_MESSAGE, router};
use lines::Lines;
use tools::Which;

/// The first text that an assistant gets.
const INSTRUCTIONS: &str = "\
    Chinese agreements between Hong Kong, Guangdong and others, clause by clause, in Traditional \
    and Simplified Chinese; whichever is typed, both are found. search finds clauses, documents lists \
    what there is, read shows clauses in their context, compare tells how two versions differ, terms what another region calls \
    a thing, history how a provision has changed, and verify checks what you write. Quote texts as they are printed and cite each by its citation and id, or its link \
    where it has one. What is not found here may well exist elsewhere: say so.";

/// Serves assistants over standard input and output until the input ends.
///
/// # Errors
/// When the index can't be opened, or the input isn't the protocol.
pub fn assist(options: ServeOptions) -> Result<(), ServeError> {
    let app = Arc::new(App::new(options)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let follower = tokio::spawn(live::follow(Arc::clone(&app)));
        let served = talk(app).await;
        follower.abort();
        served
    });
    // Work that is still running isn't waited for.
    runtime.shutdown_background();
    served
}

async fn talk(app: Arc<App>) -> Result<(), ServeError> {
    let failed = |error: &dyn std::fmt::Display| ServeError::Protocol(error.to_string());
    let lines = Lines::new(tokio::io::stdin(), tokio::io::stdout());
    match (Assistants { app, turns: Turns::One }).serve(lines).await {
        Ok(session) => session.waiting().await.map(|_| ()).map_err(|error| failed(&error)),
        // A client that closes the input before any request has no error to see.
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(failed(&error)),
    }
}

/// Answers the calls of assistants.
struct Assistants {
    app: Arc<App>,
    turns: Turns,
}

/// How calls wait for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turns {
    /// The only client of a process waits for itself.
    One,
    /// The clients of a server share its places with all other requests.
    Many,
}

impl Assistants {
    /// Why the key of a call over HTTP doesn't allow a tool.
    fn refusal(which: Which, context: &RequestContext<RoleServer>) -> Option<String> {
        let admitted = context.extensions.get::<Parts>()?.extensions.get::<Admitted>()?;
        if !which.sends_a_text() || admitted.rights.allow(Right::Upload) {
            return None;
        }
        let key = admitted.key.as_deref().unwrap_or_default();
        Some(format!("the key '{key}' lacks the right '{}'", Right::Upload))
    }
}

impl ServerHandler for Assistants {
    fn get_info(&self) -> ServerConfig {
        let program = Implementation::new("tiaowen", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(program.with_title("tiaowen 條文"))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(Which::ALL.map(Which::tool).into()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        Which::named(name).map(Which::tool)
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(which) = Which::named(&call.name) else {
            let known = Which::ALL.map(Which::name).join(", ");
            let name: String = call.name.chars().take(40).collect();
            let message = format!("there is no tool '{name}'; there are {known}");
            return Err(ErrorData::invalid_params(message, None));
        };
        if let Some(refusal) = Assistants::refusal(which, &context) {
            let message = format!("{}: {refusal}", which.name());
            return Ok(CallToolResult::error(vec![ContentBlock::text(message)]).into());
        }
        let mut arguments = call.arguments.unwrap_or_default();
        // Assistants fill in arguments that they leave open.
        arguments.retain(|_, given| !given.is_null());
        let (turns, cost) = (self.turns, which.cost(&arguments));
        let done = async {
            let work = move |app: &App, view: &View| which.call(app, view, arguments);
            match turns {
                Turns::One => answer_in_turn(&self.app, work).await,
                Turns::Many => answer(&self.app, cost, work).await,
            }
        };
        let done = tokio::select! {
            done = done => done,
            // Nobody reads the answer to a cancelled call, so its work ends here.
            () = context.ct.cancelled() => Err(Problem::slow()),
        };
        Ok(match done {
            Ok(found) => CallToolResult::success(vec![ContentBlock::text(found.to_string())]),
            Err(problem) => {
                let message = format!("{}: {}", which.name(), problem.detail);
                CallToolResult::error(vec![ContentBlock::text(message)])
            }
        }
        .into())
    }
}
