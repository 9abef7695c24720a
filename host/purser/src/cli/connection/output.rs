//! Output of the commands that test a connection.

use crate::cli::{Context, Failure};
use crate::json::ConnectionTestJson;
use crate::render::connection;
use purser_engine::Connected;

/// Shows a connection with the results of its checks.
pub(super) fn show_connected(context: &Context, connected: &Connected) -> Result<(), Failure> {
    context.show(&ConnectionTestJson::from(connected), || {
        connection::connected(connected)
    })
}
