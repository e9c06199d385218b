//! Runs the cases in `tests/cases`: one file per case, in a folder for each command or subject; name and first line say what is expected.
//!
//! Ciphertexts are random, so they stand as `AQ[..]`; that they open is tested in `seal/opens.rs`.

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/cases/**/*.toml");
}
