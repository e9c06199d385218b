//! The texts, one under each name.

/// Each is a whole input.
pub(super) const TEXTS: &[(&str, &str)] = &[
    ("flow", "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, stringData: {a: b}}\n"),
    (
        "flow over lines",
        "{apiVersion: v1, kind: Secret,\n metadata: {name: db,\n namespace: shop},\n stringData: {a: b,},}\n",
    ),
    (
        "JSON with comments",
        "# first\n{\"kind\": \"Secret\", # here\n \"metadata\": {\"name\": \"db\", \"namespace\": \"shop\"}, \"stringData\": {\"a\": \"b\"}}\n",
    ),
    (
        "JSON with a trailing comma",
        "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"db\", \"namespace\": \"shop\"}, \"stringData\": {\"a\": \"b\",},}\n",
    ),
    (
        "JSON with single quotes",
        "{'kind': 'Secret', 'metadata': {'name': 'db', 'namespace': 'shop'}, 'stringData': {'a': 'b'}}\n",
    ),
    (
        "JSON with an escape of YAML",
        "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"db\", \"namespace\": \"shop\"}, \"stringData\": {\"a\": \"\\x41\"}}\n",
    ),
    (
        "JSON escapes",
        "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"db\", \"namespace\": \"shop\"}, \"stringData\": {\"a\": \"\\u0041\\ud83d\\ude00\\n\\/\"}}\n",
    ),
    (
        "JSON lone surrogate",
        "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"db\", \"namespace\": \"shop\"}, \"stringData\": {\"a\": \"x\\ud83dy\"}}\n",
    ),
    (
        "anchor and alias",
        "kind: Secret\nmetadata: {name: &n db, namespace: shop}\nstringData: {a: *n, b: &v x, c: *v}\n",
    ),
    (
        "anchored map",
        "kind: Secret\nmetadata: {name: db, namespace: shop, labels: &l {app: db}, annotations: *l}\nstringData: {a: b}\n",
    ),
    (
        "anchor in an extra field",
        "x-common: &c {a: b}\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: *c\n",
    ),
    (
        "merge key",
        "x-common: &c {a: b, c: d}\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  <<: *c\n  a: own\n",
    ),
    (
        "merge key last",
        "x-common: &c {a: b, c: d}\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: own\n  <<: *c\n",
    ),
    (
        "merge key of a list",
        "one: &one {a: x}\ntwo: &two {a: z, b: z}\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  <<: [*one, *two]\n",
    ),
    (
        "merge key inline",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  <<: {a: b}\n  c: d\n",
    ),
    (
        "merge key in quotes",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  '<<': b\n  c: d\n",
    ),
    ("merge of a text", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  <<: b\n"),
    ("unknown alias", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: *nowhere}\n"),
    (
        "anchor used before",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: *v, b: &v x}\n",
    ),
    (
        "anchor over documents",
        "kind: Secret\nmetadata: {name: db, namespace: &v shop}\nstringData: {a: b}\n---\nkind: Secret\nmetadata: {name: other, namespace: *v}\nstringData: {a: b}\n",
    ),
    (
        "anchor set twice",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: &v x, b: &v z, c: *v}\n",
    ),
    (
        "literal",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: |\n    one\n\n      two\n    three\n  b: x\n",
    ),
    (
        "literal stripped",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: |-\n    one\n    two\n\n",
    ),
    (
        "literal kept",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: |+\n    one\n\n\n  b: |+\n    x\n\n",
    ),
    (
        "literal at the end without newline",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: |\n    one",
    ),
    (
        "literal with an indicator",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: |2\n      one\n    two\n",
    ),
    (
        "literal with a comment",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: | # not content\n    # content\n    one\n",
    ),
    (
        "literal that is empty",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: |\n  b: x\n",
    ),
    (
        "literal with separators in it",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: |\n    ---\n    ...\n    x: y\n",
    ),
    (
        "literal of base64",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\ndata:\n  a: |\n    aHVu\n    dGVyMg==\n",
    ),
    (
        "folded base64",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\ndata:\n  a: >-\n    aHVu\n    dGVyMg==\n",
    ),
    (
        "private key",
        "kind: Secret\ntype: kubernetes.io/tls\nmetadata: {name: db, namespace: shop}\nstringData:\n  tls.key: |\n    -----BEGIN RSA PRIVATE KEY-----\n    MIIE\n    -----END RSA PRIVATE KEY-----\n",
    ),
    (
        "folded",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: >\n    one\n    two\n\n      more\n    three\n",
    ),
    (
        "folded kept",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: >+\n    one\n    two\n\n\n",
    ),
    (
        "plain over lines",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: one\n    two\n\n    three\n",
    ),
    (
        "quoted over lines",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: \"one\n    two\\\n    three\\n\n\n    four\"\n  b: 'one\n\n    two ''quoted'''\n",
    ),
    (
        "double-quoted escapes",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: \"\\t\\x41\\u00e9\\U0001F511\\0\\e\\_\\N\\/\"\n",
    ),
    ("unknown escape", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: \"\\d+\"\n"),
    (
        "colon in a value",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  url: postgres://u:p@h:5432/db?x=1#frag\n",
    ),
    (
        "hash in a value",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: pa#ss\n  b: pa #ss\n",
    ),
    (
        "value with a colon and a space",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: b: c\n",
    ),
    ("question mark key", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  ? a\n  : b\n"),
    (
        "quoted keys",
        "\"kind\": Secret\n'metadata': {\"name\": db, 'namespace': shop}\nstringData: {\"a\": b}\n",
    ),
    (
        "quoted key without a space",
        "{kind: Secret, metadata: {name: db, namespace: shop}, stringData: {\"a\":b}}\n",
    ),
    ("null key", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {null: x, ~: y}\n"),
    ("list as a key", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {[a]: x}\n"),
    (
        "duplicate value",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: one\n  a: two\n",
    ),
    (
        "duplicate field",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: one}\nstringData: {b: two}\n",
    ),
    (
        "duplicate name",
        "kind: Secret\nmetadata: {name: db, name: other, namespace: shop}\nstringData: {a: one}\n",
    ),
    (
        "duplicate in JSON",
        "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"db\", \"namespace\": \"shop\"}, \"stringData\": {\"a\": \"1\", \"a\": \"2\"}}",
    ),
    (
        "duplicate in other quotes",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: one\n  'a': two\n",
    ),
    ("not indented enough", "kind: Secret\nmetadata:\nname: db\nnamespace: shop\nstringData: {a: b}\n"),
    ("indented unevenly", "kind: Secret\nmetadata:\n    name: db\n  namespace: shop\nstringData: {a: b}\n"),
    ("list where an object belongs", "kind: Secret\nmetadata:\n- name: db\nstringData: {a: b}\n"),
    (
        "list item at the key's indentation",
        "kind: Secret\nmetadata:\n  name: db\n  namespace: shop\n  finalizers:\n  - a/b\nstringData: {a: b}\n",
    ),
    ("unclosed quote", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  a: \"one\n"),
    ("unclosed brace", "kind: Secret\nmetadata: {name: db, namespace: shop\nstringData:\n  a: one\n"),
    (
        "directive",
        "%YAML 1.1\n---\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: b}\n",
    ),
    (
        "directive of YAML 1.2",
        "%YAML 1.2\n---\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: b}\n",
    ),
    (
        "tag directive",
        "%TAG ! tag:example.com,2000:\n---\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: !!str b}\n",
    ),
    (
        "explicit map tag",
        "!!map\nkind: Secret\nmetadata: !!map {name: db, namespace: shop}\nstringData: {a: !!str b}\n",
    ),
    (
        "binary tag",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\ndata:\n  a: !!binary aHVudGVyMg==\n",
    ),
    (
        "helm comment",
        "# Source: chart/templates/secret.yaml\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\n  labels:\n    helm.sh/chart: \"x-1.0\"\ntype: Opaque\ndata:\n  a: \"aHVudGVyMg==\"\n",
    ),
    (
        "unrendered template",
        "kind: Secret\nmetadata:\n  name: {{ .Values.name }}\n  namespace: shop\nstringData: {a: b}\n",
    ),
    (
        "unrendered template in quotes",
        "kind: Secret\nmetadata:\n  name: db\n  namespace: shop\nstringData:\n  a: \"{{ .Values.name }}\"\n",
    ),
    ("only a text", "hello\n"),
    ("only a number", "5\n"),
    ("only a list", "- a\n- b\n"),
    (
        "null in places",
        "kind: Secret\nmetadata:\n  name: db\n  namespace: shop\n  labels:\n  annotations: ~\ntype:\nimmutable: null\nstringData:\n  a: b\ndata:\n",
    ),
    ("end marker", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: b}\n...\n"),
    (
        "end marker and more",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: b}\n...\nkind: Secret\nmetadata: {name: other, namespace: shop}\nstringData: {a: b}\n",
    ),
    (
        "deep nesting",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nx: [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]\nstringData: {a: b}\n",
    ),
    (
        "aliases that multiply",
        "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: b}\n",
    ),
];
