//! Runs the cases in `tests/cases`: one file per case, whose name and first line say what is expected.
//!
//! Ciphertexts are random, so they stand as `AQ[..]`; that they open is tested in `seal.rs`.

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/cases/*.toml");
}
