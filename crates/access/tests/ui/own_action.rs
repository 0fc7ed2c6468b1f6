// Nobody else can invent an action and what it needs.
use parclose_access::actions::{Action, Need, On, TableRow};
use parclose_access::{Dashboards, Workspace};

#[derive(Clone, Copy)]
struct Anything;

impl Action for Anything {
    const NAME: &'static str = "anything";
}

impl On<Workspace> for Anything {
    const ROW: TableRow = TableRow { action: "anything", resource: "workspace", need: Need::Dashboards(Dashboards::None), key: None };
}

fn main() {}
