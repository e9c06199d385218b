//! Differences in flags, files, certificates and environment.

use super::Difference;
use crate::judge::How::{OtherMeaning, OursRefuses, UpstreamRefuses};

const ARGUMENT: &str = "upstream's ignores arguments: `kubeseal secret.yaml` waits for standard input for ever, and \
                        `--allow-empty-data false` allows it";

const NO_CERTIFICATE: &str =
    "upstream's prints whatever it got under the name of a certificate, private keys included";

const IGNORED: &str =
    "upstream's ignores a variable that it cannot read, and does something else than the variable says";

pub(super) const WRONG: &[Difference] = &[
    Difference {
        cases: &[
            "--cert cert.pem extra",
            "--cert cert.pem -- extra",
            "--cert cert.pem -",
            "*--allow-empty-data true",
        ],
        how: OursRefuses,
        because: ARGUMENT,
    },
    Difference {
        cases: &["--cert cert.pem -w ."],
        how: OursRefuses,
        because: "upstream's writes nothing, and calls that a success",
    },
    Difference {
        cases: &["--cert cert.pem --raw --fetch-cert"],
        how: OursRefuses,
        because: "upstream's does one of the two requested things, and does not say which",
    },
    Difference { cases: &["help"], how: UpstreamRefuses, because: "ours has the command `help`" },
    Difference {
        cases: &[
            "--cert cert.pem -w out.yaml -o xml",
            "--cert cert.pem --raw --scope cluster-wide -o xml",
            "--cert cert.pem --fetch-cert -o xml",
        ],
        how: OursRefuses,
        because: "no program writes that format; upstream's looks at the value only where it writes objects, and no file name has \
                  said how",
    },
    Difference {
        cases: &["--help=true", "--help=false *"],
        how: OursRefuses,
        because: "--help takes no value: no script requests help by a variable",
    },
    Difference {
        cases: &["--help --no-such-flag"],
        how: UpstreamRefuses,
        because: "help is what a person needs who does not know the flags",
    },
];

pub(super) const CERTIFICATES: &[Difference] = &[
    Difference {
        cases: &["small.pem *"],
        how: OursRefuses,
        because: "a key of 1024 bits protects nothing; the controller does not take one either",
    },
    Difference {
        cases: &["key-and-cert.pem --fetch-cert", "cert-and-key.pem --fetch-cert"],
        how: OtherMeaning,
        because: NO_CERTIFICATE,
    },
    Difference {
        cases: &[
            "not-rsa.pem --fetch-cert",
            "pkcs1.pem --fetch-cert",
            "pkcs8.pem --fetch-cert",
            "backup.yaml --fetch-cert",
            "text.pem --fetch-cert",
            "empty.pem --fetch-cert",
            "cut.pem --fetch-cert",
            "der.crt --fetch-cert",
            "trusted.pem --fetch-cert",
            "other-label.pem --fetch-cert",
        ],
        how: OursRefuses,
        because: NO_CERTIFICATE,
    },
    Difference {
        cases: &["file:cert.pem --fetch-cert", "file://cert.pem --fetch-cert"],
        how: OursRefuses,
        because: "upstream's prints a listing of the root folder",
    },
    Difference {
        cases: &["indented.pem ", "indented.pem --raw *"],
        how: UpstreamRefuses,
        because: "a certificate copied out of a manifest is indented, and no less a certificate",
    },
    Difference { cases: &["with%zz.pem *"], how: UpstreamRefuses, because: "a file may be called so" },
];

pub(super) const RAW: &[Difference] = &[
    Difference {
        cases: &[
            " --name db -n dummyNamespace*",
            "--scope strict --name db -n dummyNamespace*",
            "--scope= --name db -n dummyNamespace*",
            "--scope namespace-wide * -n dummyNamespace*",
        ],
        how: OursRefuses,
        because: "no namespace can have that name, so what is sealed for it never opens",
    },
    Difference {
        cases: &["-f value.txt,*"],
        how: OursRefuses,
        because: "upstream's ignores the file that was named, and seals standard input",
    },
    Difference {
        cases: &["--from-file \"value.txt\",*"],
        how: OursRefuses,
        because: "quotes in the name of a file are part of it, as with every other flag; upstream's reads this one as CSV",
    },
];

pub(super) const FILES: &[Difference] = &[];

pub(super) const ENVIRONMENT: &[Difference] = &[
    Difference {
        cases: &["SCOPE=nowhere *", "ALLOW_EMPTY_DATA=maybe *", "INSECURE_SKIP_TLS_VERIFY=perhaps *"],
        how: OursRefuses,
        because: IGNORED,
    },
    Difference {
        cases: &["VERSION=true *"],
        how: OtherMeaning,
        because: "a pipeline that notes a version in SEALED_SECRETS_VERSION wants its Secret sealed all the same",
    },
];

pub(super) const FLAGS: &[Difference] = &[
    Difference {
        cases: &["--allow-empty-data true", "--allow-empty-data false"],
        how: OursRefuses,
        because: ARGUMENT,
    },
    Difference {
        cases: &["--raw * -n Shop", "--raw * -n sho_p", "--raw * -n shop/ns"],
        how: OursRefuses,
        because: "no namespace can have that name, so what is sealed for it never opens",
    },
    Difference {
        cases: &["--rotate=false"],
        how: OtherMeaning,
        because: "upstream's writes its warning about the old name into the manifest",
    },
    Difference {
        cases: &["--request-timeout soon"],
        how: OursRefuses,
        because: "upstream's does not look at the value until it dials",
    },
    Difference {
        cases: &[
            "--vmodule a",
            "--logtostderr=maybe",
            "--log_backtrace_at :0",
            "--log_backtrace_at x",
            "--log_file_max_size=x",
            "--stderrthreshold=LOUD",
        ],
        how: UpstreamRefuses,
        because: "klog's flags are accepted so that scripts go on working; there is no klog in ours to which a value could be wrong",
    },
];
