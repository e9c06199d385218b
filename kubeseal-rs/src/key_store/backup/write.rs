//! `list`: Secrets as one List in YAML, as `kubectl get -o yaml` writes it.

use crate::files::wiped::Wiped;
use crate::manifest::write::RenderError;
use crate::manifest::write_secret::write_secret;
use crate::settings::flag_value::Format;
use sealing::UnsealedSecret;

/// Writes a List that `kubectl apply -f`, `--recovery-private-key` and `keys restore` read.
pub(crate) fn list(secrets: &[UnsealedSecret]) -> Result<Wiped, RenderError> {
    let mut list = Wiped::default();
    list.push(b"apiVersion: v1\nkind: List\nitems:\n");
    for secret in secrets {
        let mut document = Wiped::default();
        write_secret(Format::Yaml, secret, &mut document)?;
        // Every value is on one line, so that all lines can be moved to the right.
        let lines = document.bytes().split(|byte| *byte == b'\n');
        let mut before: &[u8] = b"- ";
        for line in lines.filter(|line| !line.is_empty() && *line != b"---") {
            list.push(before);
            list.push(line);
            list.push(b"\n");
            before = b"  ";
        }
    }
    Ok(list)
}
