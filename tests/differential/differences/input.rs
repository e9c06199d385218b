//! Differences in the input: Secrets in YAML and JSON.

use super::Difference;
use crate::judge::How::{OtherMeaning, OursRefuses, UpstreamRefuses};

const NOT_TEXT: &str = "upstream's turns numbers and booleans into text, and not always the text that was written: `yes` becomes \
                        true, 007 becomes 7; kubectl refuses them all, and so does ours, which says to quote them";

const NO_SECRET: &str = "upstream's takes any object for a Secret, and seals what is none";

const LOST: &str = "upstream's ends without an error and leaves out what comes after what it cannot read";

const LISTS: &str = "upstream's does not know lists; ours seals each Secret in them";

const DROPPED: &str = "the field is dropped before sealing, so what is in it does not matter";

const TWICE: &str = "upstream's keeps one of two values under one name and drops the other without a word";

pub(super) const DATA: &[Difference] = &[
    Difference {
        cases: &["value is a number,*", "value is a boolean,*"],
        how: OursRefuses,
        because: NOT_TEXT,
    },
    Difference {
        cases: &["data value is a list of bytes,*"],
        how: OursRefuses,
        because: "Go reads bytes from a list of numbers as well; the API knows base64 only",
    },
];

pub(super) const METADATA: &[Difference] = &[
    Difference {
        cases: &["copy of the Secret *"],
        how: OtherMeaning,
        because: "upstream's drops the copies of kubectl and kubecfg alone, and leaves the values readable in those of other tools",
    },
    Difference {
        cases: &["annotation repeats a value*"],
        how: OursRefuses,
        because: "upstream's leaves the value readable in the annotation",
    },
    Difference {
        cases: &[
            "type is a number *",
            "label is a number *",
            "annotation is a boolean *",
            "name is a number *",
        ],
        how: OursRefuses,
        because: NOT_TEXT,
    },
    Difference {
        cases: &["wrong case *"],
        how: OursRefuses,
        because: "Go takes StringData for stringData; the API server does not, and drops it",
    },
    Difference {
        cases: &["mistyped field *"],
        how: OursRefuses,
        because: "a field of nearly a Secret's name was meant for that; upstream's leaves its values out in silence",
    },
    Difference {
        cases: &["other version *", "other group *", "ConfigMap *", "lower case kind *", "SealedSecret *"],
        how: OursRefuses,
        because: NO_SECRET,
    },
    Difference {
        cases: &["managed fields *"],
        how: OtherMeaning,
        because: "managedFields are the API server's own notes on another object; upstream's puts them into the template",
    },
    Difference {
        cases: &["creation is no time *", "generation is a text *"],
        how: UpstreamRefuses,
        because: DROPPED,
    },
];

pub(super) const SCALARS: &[Difference] = &[
    Difference {
        cases: &["text *, integer *", "text *, float *", "text *, huge *", "text *, boolean *"],
        how: OursRefuses,
        because: NOT_TEXT,
    },
    Difference {
        cases: &["key *, float *", "key *, boolean *"],
        how: OursRefuses,
        because: "upstream's rewrites such keys, `on` to true and 1e3 to 1000",
    },
    Difference {
        cases: &[
            "text *, text tRue",
            "text *, text yEs",
            "key *, text tRue",
            "key *, text yEs",
            "bytes value, text tRue",
        ],
        how: OursRefuses,
        because: "a boolean in an odd spelling: ours says to quote it, before another reader takes it for one",
    },
    Difference {
        cases: &["boolean immutable, text tRue", "boolean immutable, text yEs"],
        how: UpstreamRefuses,
        because: "a boolean in an odd spelling, where a boolean belongs",
    },
    Difference {
        cases: &["key *, huge *"],
        how: UpstreamRefuses,
        because: "ours takes it for the text that it is",
    },
    Difference {
        cases: &["text *, tag of others *", "key *, tag of others *"],
        how: OursRefuses,
        because: "a tag that another program understands (!vault, !Ref) stands for a value that is not there yet",
    },
];

pub(super) const YAML: &[Difference] = &[
    Difference {
        cases: &["JSON lone surrogate"],
        how: OursRefuses,
        because: "upstream's seals a replacement character in the place of what was written",
    },
    Difference {
        cases: &["merge key last"],
        how: OtherMeaning,
        because: "in YAML a key that is written out wins over a merged one wherever it stands; in Go only if it comes later",
    },
    Difference {
        cases: &["line break of YAML 1.1, *"],
        how: OursRefuses,
        because: "U+0085, U+2028 and U+2029 are line breaks to Go, where they fold into a space, end a comment or stay, and text to YAML \
                  1.2: ours says to write an escape",
    },
    Difference { cases: &["anchor over documents"], how: OursRefuses, because: LOST },
    Difference { cases: &["end marker and more"], how: OtherMeaning, because: LOST },
    Difference { cases: &["duplicate *"], how: OursRefuses, because: TWICE },
    Difference {
        cases: &["double-quoted escapes", "tab in a literal block", "byte order mark later"],
        how: UpstreamRefuses,
        because: "it is well-formed YAML, though not to Go",
    },
];

pub(super) const STREAMS: &[Difference] = &[
    Difference {
        cases: &["separator with content *"],
        how: UpstreamRefuses,
        because: "a document may begin on the line of its separator",
    },
    Difference {
        cases: &[
            "four dashes *",
            "JSON then YAML without a separator *",
            "broken in the middle *",
            "broken at the end *",
        ],
        how: OursRefuses,
        because: LOST,
    },
    Difference {
        cases: &["broken JSON in a row *", "something after JSON *", "text between *", "list between *"],
        how: OursRefuses,
        because: LOST,
    },
    Difference {
        cases: &[
            "List of *",
            "SecretList of *",
            "List and a document *",
            "List in JSON *",
            "List without a version *",
        ],
        how: UpstreamRefuses,
        because: LISTS,
    },
];
