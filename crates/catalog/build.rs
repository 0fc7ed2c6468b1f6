//! Makes cargo look at the folder of migrations, which `sqlx::migrate!` reads while compiling.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
