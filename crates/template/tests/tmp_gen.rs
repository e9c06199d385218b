//! temp
use std::path::Path;
#[test]
fn generate() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let skip = ["keys","values","now","ago","rand","uuid","shuffle","gen","bcrypt","htpasswd","encryptAES","derive","define","block","template","until","seq","date","htmlDate","randInt","build", "durationRound", "break", "continue", "else", "end","if","with","range","html"];
    let src = std::fs::read_to_string("/tmp/allnames").unwrap();
    let names: Vec<&str> = src.lines().filter(|n| !skip.iter().any(|s| n.starts_with(s)) || *n == "html").collect();
    let ex = ["0","1","2","-1","3","5","100","1.5","-2.5","1e3","0.0","\"\"","\"a\"","\"abc\"","\"a b c\"","\"A-b_C\"","\"foo.bar/baz\"","\"12\"","\"-3.0\"","\"\\xff\"","\"é\"","\"x=1&y\"","nil","true","false","$",".bin",".s","(list)","(dict)","(list 1 2 3)","(list \"b\" \"a\" nil)","(list 1.5 true)","(dict \"a\" 1)","(dict \"a\" (dict \"b\" 2) \"b\" \"\")","(dict \"a\" (list 1))","(split \",\" \"a,b\")","(splitList \",\" \"b,a\")","(semver \"v1.2.3-b.1+m\")","(toDate \"2006-01-02\" \"2020-02-03\")","(int64 7)","(index \"abc\" 1)","'x'","\"%v|%5d|%-8.3q|%x\"","\"%+v %#v %T\"","\"1.2.3\"","\">=1.2 <2\"","\"[a-c]+\"","\"(a)|(b)\"","\"$1x\"","\"http://u:p@h:80/p?q#f\"","\"{\\\"a\\\":[1,null]}\"","\"2006-01-02\"","\"aGVsbG8=\"","(rest (list))","(list (list 1) (list))","\"line1\\nline2\"", "(float64 \"inf\")","(chunk 1 (list 1 2))","(until 3)", "\"\\t x \\n\""];
    let mut st = std::env::var("SEED").unwrap().parse::<u64>().unwrap();
    let mut d = |b: usize| { st = st.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); (st>>33) as usize % b };
    let mut out = String::from("@ bin = a\\xff\\x00\n@ s = some Text\n");
    for i in 0..12000 {
        let f = names[i % names.len()];
        let n = [0,1,1,1,2,2,2,3,3,3,4][d(11)];
        let mut a: Vec<String> = (0..n).map(|_| ex[d(ex.len())].to_string()).collect();
        if d(4)==0 && n>0 { let g = names[d(names.len())]; let k = d(a.len()); a[k] = format!("({g} {} {})", ex[d(ex.len())], if d(2)==0 {""} else {ex[d(ex.len())]}); }
        let t = match d(6) { 0 => " | toJson", 1 => " | printf \"%#v\"", 2 => " | typeOf", 3 => " | quote", _ => "" };
        out.push_str(&format!(": {{{{ {f} {}{t} }}}}\n", a.join(" ")));
    }
    std::fs::create_dir_all("/tmp/fuzz").unwrap();
    std::fs::write("/tmp/fuzz/f.cases", out).unwrap();
    let _ = directory;
}
