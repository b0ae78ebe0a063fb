//! Tools for AI assistants through the Model Context Protocol, over standard input and output.
//!
//! The answers and limits are those of the API: the same requests are read (`tools.rs`), the same
//! descriptions are given (`describe.rs`), and answers are the same JSON without what assistants
//! don't need (`brief.rs`).

mod brief;
mod describe;
mod tools;

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    Implementation, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
    Tool,
};
use rmcp::service::{RequestContext, RoleServer, ServerInitializeError};
use rmcp::{ServerHandler, ServiceExt};

use crate::problem::Problem;
use crate::work::answer_in_turn;
use crate::{App, ServeError, ServeOptions, live};
use tools::Which;

/// The first text that an assistant gets.
const INSTRUCTIONS: &str = "\
    Chinese agreements between Hong Kong, Guangdong and others, clause by clause, in Traditional \
    and Simplified Chinese; whichever is typed, both are found. search finds clauses, documents lists \
    what there is, read shows clauses in their context, compare tells how two versions differ, terms what another region calls \
    a thing. Quote texts as they are printed and cite each by its citation and id, or its link \
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
    let told = |error: &dyn std::fmt::Display| ServeError::Protocol(error.to_string());
    match (Assistants { app }).serve(rmcp::transport::stdio()).await {
        Ok(session) => session.waiting().await.map(|_| ()).map_err(|error| told(&error)),
        // A client that closes the input before any request has no error to see.
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(told(&error)),
    }
}

/// Answers the calls of assistants.
struct Assistants {
    app: Arc<App>,
}

impl ServerHandler for Assistants {
    fn get_info(&self) -> ServerConfig {
        let own = Implementation::new("tiaowen", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(own.with_title("tiaowen 條文"))
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
            let told = format!("there is no tool '{name}'; there are {known}");
            return Err(ErrorData::invalid_params(told, None));
        };
        let mut arguments = call.arguments.unwrap_or_default();
        // Assistants fill in arguments that they leave open.
        arguments.retain(|_, given| !given.is_null());
        let done = answer_in_turn(&self.app, move |app, view| which.call(app, view, arguments));
        let done = tokio::select! {
            done = done => done,
            // Nobody reads the answer to a cancelled call, so its work ends here.
            () = context.ct.cancelled() => Err(Problem::slow()),
        };
        Ok(match done {
            Ok(found) => CallToolResult::success(vec![ContentBlock::text(found.to_string())]),
            Err(problem) => {
                let told = format!("{}: {}", which.name(), problem.detail);
                CallToolResult::error(vec![ContentBlock::text(told)])
            }
        }
        .into())
    }
}
