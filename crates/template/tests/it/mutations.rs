//! Whatever a template says, the renderer gives bytes or an error. It never panics: the controller would end with it.
//!
//! Templates of the corpus are cut up and put together anew, the same way in every run.

use std::path::Path;
use template::{Limits, Outside, Renderer, Values};

const ROUNDS: usize = 20_000;

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

/// Words of the corpus: runs of letters and digits, and any other character on its own.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut joins = false;
    for character in text.chars() {
        let is_word = character.is_alphanumeric() || character == '_';
        match words.last_mut() {
            Some(last) if joins && is_word => last.push(character),
            _ => words.push(character.to_string()),
        }
        joins = is_word;
    }
    words
}

#[test]
fn no_template_panics() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut templates: Vec<Vec<String>> = Vec::new();
    let mut files: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "cases")) {
        let content = std::fs::read_to_string(file).unwrap();
        templates.extend(content.lines().filter_map(|line| line.strip_prefix(": ")).map(words));
    }
    let extremes = [
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1e308",
        "-0.0",
        "\"\"",
        "\"\\xff\"",
        "nil",
        "$",
        ".",
        "(list)",
        "(dict)",
        "(list nil)",
        "\"é\"",
        "1000000",
        "70000",
        "-1000000",
        "\"%.*U\"",
        ".bin",
        "(float64 \"nan\")",
        "(semver \"1\")",
        "(toDate \"2006\" \"9999\")",
        "\"a b\"",
        "\"%[3]*.[2]*[1]f\"",
        "(genCAWithKey \"a\" 1 (genPrivateKey \"ecdsa\"))",
        "(list 1 (list))",
        "5",
        "1",
        "\"2006\"",
        "\"1h\"",
        "true",
        "(dict \"a\" (dict))",
        "(now)",
        "(list \"a\")",
        "\"[\"",
        "\"a*\"",
        "\"{}\"",
        "\"é\\u200b\"",
        "(until 3)",
        "(split \",\" \"a,b\")",
    ];
    let mut values = Values::new();
    values.insert("bin", b"\xff\x00a\xc3".to_vec().into());
    let limits = Limits { steps: 20_000, memory: 2 << 20, toil: 30, ..Limits::default() };
    let mut dice = Dice(42);
    let mut rendered = 0;
    let functions: Vec<&String> =
        templates.iter().filter_map(|template| template.get(3)).filter(|word| word.len() > 1).collect();
    for round in 0..ROUNDS {
        let text = if round % 2 == 0 {
            mutated(&mut dice, &templates, &extremes)
        } else {
            // A call with anything at all.
            let function = functions[dice.below(functions.len())];
            let arguments: Vec<&str> =
                (0..dice.below(5)).map(|_| extremes[dice.below(extremes.len())]).collect();
            format!("{{{{ {function} {} }}}}", arguments.join(" "))
        };
        let mut fill = |bytes: &mut [u8]| bytes.fill(7);
        let outside = Outside { now: "2026-02-03T04:05:06.789Z".parse().unwrap(), random: &mut fill };
        rendered += usize::from(Renderer::new(&values, limits).render("item", &text, outside).is_ok());
    }
    // Enough of them are still templates for this to reach the functions.
    assert!(rendered > ROUNDS / 20, "{rendered}");
}

fn mutated(dice: &mut Dice, templates: &[Vec<String>], extremes: &[&str]) -> String {
    let mut template = templates[dice.below(templates.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(template.len());
        match dice.below(5) {
            0 if template.len() > 1 => {
                template.remove(at);
            }
            1 => {
                let other = &templates[dice.below(templates.len())];
                let start = dice.below(other.len());
                let end = (start + 1 + dice.below(12)).min(other.len());
                let piece: Vec<String> = other.get(start..end).unwrap_or_default().to_vec();
                template.splice(at..at, piece);
            }
            2 => template.insert(at, format!(" {} ", extremes[dice.below(extremes.len())])),
            3 if !template.is_empty() => extremes[dice.below(extremes.len())].clone_into(&mut template[at]),
            _ => {
                let other = dice.below(template.len());
                if !template.is_empty() {
                    template.swap(at, other);
                }
            }
        }
    }
    template.concat()
}
