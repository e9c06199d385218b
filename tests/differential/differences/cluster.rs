//! Differences in commands that read a SealedSecret: unsealing, merging, and requests to a controller.

use super::Difference;
use crate::judge::How::{OtherMeaning, OursRefuses, UpstreamRefuses, UpstreamsNotAccepted};

const MIXED: &str = "upstream's seals the new items for another scope than the SealedSecret's own, and the controller then opens \
                     none of them";

const RESEALED: &str = "upstream's takes over all that the controller answers, our hint in the template included; ours takes the items";

const OWNER: &str = "upstream's names as owner a SealedSecret without UID, and kubectl cannot apply that";

pub(super) const RECOVERY: &[Difference] = &[
    Difference {
        cases: &[
            "plain, sealed by *",
            "with pkcs1.pem",
            "with pkcs8.pem",
            "with backup.json",
            "with backup.yaml",
            "with backup-pkcs8.json",
            "with list.json",
            "with list.yaml",
            "with several.yaml",
            "with cert-and-key.pem",
            "with key-and-cert.pem",
            "with crlf.pem",
            "with --recovery-private-key other.pem,pkcs1.pem",
            "with --recovery-private-key pkcs1.pem,other.pem",
            "with --recovery-private-key other.pem --recovery-private-key pkcs1.pem",
            "with --recovery-private-key pkcs1.pem,pkcs1.pem",
            "with --recovery-private-key pkcs1.pem --cert cert.pem",
            "with --recovery-private-key pkcs1.pem -n other",
            "with --recovery-private-key pkcs1.pem --name other",
            "with --recovery-private-key pkcs1.pem --scope cluster-wide",
            "with --recovery-private-key pkcs1.pem -w out.yaml",
            "with --recovery-private-key pkcs1.pem -w out.json",
            "as YAML, sealed by *",
            "namespace-wide, sealed by *",
            "cluster-wide, sealed by *",
            "of a type, sealed by *",
            "empty, sealed by *",
            "separator first",
            "unknown field",
            "status",
            "a template of a value",
            "a template of a value's name",
            "a template in plain text",
            "a template none",
            "a template null",
            "a template of a missing value",
            "a template with functions",
            "a template with control",
        ],
        how: UpstreamsNotAccepted,
        because: OWNER,
    },
    Difference {
        cases: &["with both.pem"],
        how: UpstreamRefuses,
        because: "upstream's reads the first of several keys in a file, and does not say that it skips the others",
    },
    Difference {
        cases: &["binary, sealed by *"],
        how: OtherMeaning,
        because: "upstream's loses items whose value is empty",
    },
    Difference { cases: &["nothing"], how: OursRefuses, because: "upstream's makes a Secret out of nothing" },
    Difference { cases: &["two documents"], how: UpstreamRefuses, because: "ours opens each" },
    Difference {
        cases: &["no kind"],
        how: OursRefuses,
        because: "the API server never took such an object, so it is not known to be a SealedSecret",
    },
];

pub(super) const MERGE: &[Difference] = &[
    Difference {
        cases: &["other scope into namespace-wide in *", "other scope into rich in *"],
        how: OursRefuses,
        because: MIXED,
    },
    Difference {
        cases: &["two documents into * in yaml", "two targets in yaml"],
        how: OursRefuses,
        because: "upstream's takes one of them, and leaves the others out without a word",
    },
    Difference {
        cases: &[
            "add into namespace-wide in *",
            "replace into namespace-wide in *",
            "add and replace into namespace-wide in *",
            "no name into namespace-wide in *",
            "other name into namespace-wide in *",
            "other namespace into namespace-wide in *",
            "no namespace into namespace-wide in *",
            "type into namespace-wide in *",
            "finalizers into namespace-wide in *",
            "add into cluster-wide in *",
            "replace into cluster-wide in *",
            "add and replace into cluster-wide in *",
            "no name into cluster-wide in *",
            "other name into cluster-wide in *",
            "other namespace into cluster-wide in *",
            "no namespace into cluster-wide in *",
            "type into cluster-wide in *",
            "finalizers into cluster-wide in *",
        ],
        how: OtherMeaning,
        because: MIXED,
    },
    Difference {
        cases: &["-w out.yaml into json", "-w out.yaml into yaml"],
        how: OtherMeaning,
        because: "upstream's leaves an empty file beside the one that it merges into",
    },
    Difference {
        cases: &[
            "-o yaml into json",
            "-o json into yaml",
            "-n shop into yaml",
            "-f in.yaml into yaml",
            "--scope strict into yaml",
            "--name db into yaml",
            "--name other into yaml",
            "--allow-empty-data into yaml",
            "--kubeconfig kubeconfig into yaml",
            "separator before the target in json",
            "comment in the target in json",
        ],
        how: OtherMeaning,
        because: "the file keeps its format, its comments and its order; upstream's writes it anew, as JSON by default",
    },
    Difference {
        cases: &["--raw into *"],
        how: OursRefuses,
        because: "upstream's ignores --raw, and merges a whole Secret",
    },
    Difference {
        cases: &["target without a namespace in *"],
        how: OursRefuses,
        because: "upstream's seals for no namespace, and nothing ever opens that",
    },
    Difference {
        cases: &["target without a name in *"],
        how: OursRefuses,
        because: "upstream's seals for no name, and the API server takes no such object",
    },
    Difference {
        cases: &[
            "labels into strict in *",
            "labels into namespace-wide in *",
            "labels into cluster-wide in *",
            "labels into empty in *",
            "separator before the target in yaml",
        ],
        how: UpstreamRefuses,
        because: "upstream's panics: on a first label, and on a separator before the target",
    },
];

pub(super) const CONTROLLER: &[Difference] = &[
    Difference {
        cases: &[
            "--validate: nothing",
            "--validate: text",
            "--validate -f in.yaml: nothing",
            "--validate -f in.yaml: text",
        ],
        how: OursRefuses,
        because: "where there is nothing to validate, upstream's calls it valid",
    },
    Difference {
        cases: &[
            "--re-encrypt: nothing",
            "--re-encrypt: text",
            "--re-encrypt -o yaml: nothing",
            "--re-encrypt -o yaml: text",
        ],
        how: OursRefuses,
        because: "where there is nothing to reseal, upstream's writes nothing and calls it a success",
    },
    Difference {
        cases: &["--rotate: nothing", "--rotate: text"],
        how: OursRefuses,
        because: "where there is nothing to reseal, upstream's writes nothing and calls it a success",
    },
    Difference {
        cases: &["--rotate: strict", "--rotate: cluster-wide in YAML", "--rotate: two documents"],
        how: OtherMeaning,
        because: "upstream's writes its warning about the old name into the manifest",
    },
    Difference {
        cases: &["--re-encrypt -f in.yaml: nothing", "--re-encrypt -f in.yaml: text"],
        how: OursRefuses,
        because: "upstream's empties the file that it was to reseal",
    },
    Difference {
        cases: &["--re-encrypt -f in.yaml: strict"],
        how: OtherMeaning,
        because: "the file keeps its format; upstream's chooses one by the ending of its name",
    },
];

pub(super) const UPSTREAMS_CONTROLLER: &[Difference] = &[Difference {
    cases: &[
        "--re-encrypt: cluster-wide in YAML",
        "--re-encrypt -o yaml: cluster-wide in YAML",
        "--re-encrypt: two documents",
        "--re-encrypt -o yaml: two documents",
        "--re-encrypt -f in.yaml: cluster-wide in YAML",
        "--re-encrypt -f in.yaml: two documents",
    ],
    how: OtherMeaning,
    because: RESEALED,
}];
