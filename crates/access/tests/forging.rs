//! What must not compile.

#[test]
fn the_road_can_not_be_left() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
