//! The images of the two programs, for machines without Docker. Tests compare them with the Dockerfiles.

use std::path::Path;

use crate::image::Image;
use crate::image::reference::Reference;

/// The settings for the controller's allocator, which its image has: controller/Dockerfile says why.
pub const CONTROLLER_ALLOCATOR: [(&str, &str); 2] =
    [("MALLOC_ARENA_MAX", "2"), ("MALLOC_MMAP_THRESHOLD_", "131072")];

impl Image {
    /// The image of the controller whose executable is `program`.
    pub fn controller(program: &Path, reference: Reference) -> Self {
        Self::new(reference)
            .program("/usr/local/bin/controller", program)
            .symlink("/sealed-secrets-controller", "usr/local/bin/controller")
            .environment("PATH", "/usr/local/bin")
            .environment(CONTROLLER_ALLOCATOR[0].0, CONTROLLER_ALLOCATOR[0].1)
            .environment(CONTROLLER_ALLOCATOR[1].0, CONTROLLER_ALLOCATOR[1].1)
            .user("1001:1001")
            .port(8080)
            .port(8081)
            .entrypoint(&["controller"])
            .label("org.opencontainers.image.title", "sealed-secrets-controller")
            .label(
                "org.opencontainers.image.description",
                "Turns every SealedSecret of a cluster into the Secret it stands for",
            )
            .label("org.opencontainers.image.licenses", "Apache-2.0")
    }

    /// The image of the command line whose executable is `program`.
    pub fn kubeseal_rs(program: &Path, reference: Reference) -> Self {
        Self::new(reference)
            .program("/usr/local/bin/kubeseal-rs", program)
            .environment("PATH", "/usr/local/bin")
            .user("1001:1001")
            .entrypoint(&["kubeseal-rs"])
            .label("org.opencontainers.image.title", "kubeseal-rs")
            .label(
                "org.opencontainers.image.description",
                "Seals Kubernetes Secrets for Git, and backs up sealing keys",
            )
            .label("org.opencontainers.image.licenses", "Apache-2.0")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use anyhow::{Context as _, Result};

    use crate::image::reference::Reference;
    use crate::image::{Content, Image};
    use crate::workspace;

    /// The instructions of the Dockerfile's last stage, each as a list of words: `["ENV", "A=1"]`.
    fn instructions(dockerfile: &str) -> Vec<Vec<String>> {
        let lines = dockerfile.lines().filter(|line| !line.trim_start().starts_with('#'));
        let whole = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
        let last = whole.rfind("\nFROM ").map_or("", |start| &whole[start..]);
        last.lines().map(words).filter(|words| !words.is_empty()).collect()
    }

    /// Splits at spaces outside quotes, and removes the quotes.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        for (index, part) in line.split('"').enumerate() {
            let mut pieces = if index % 2 == 0 { part.split(' ').collect() } else { vec![part] }.into_iter();
            if let (Some(word), Some(piece)) = (words.last_mut(), pieces.next()) {
                word.push_str(piece);
            }
            words.extend(pieces.map(str::to_owned));
        }
        words.retain(|word| !word.is_empty());
        words
    }

    /// The arguments of all instructions `name`.
    fn said<'a>(instructions: &'a [Vec<String>], name: &str) -> Vec<&'a str> {
        let named = instructions.iter().filter(|words| words[0] == name);
        named.flat_map(|words| &words[1..]).map(String::as_str).collect()
    }

    /// Each image, and its Dockerfile.
    fn images() -> Result<[(Image, String); 2]> {
        let dockerfile = |folder: &str| fs::read_to_string(workspace::root().join(folder).join("Dockerfile"));
        let (program, reference) = (Path::new("program"), "web".parse::<Reference>()?);
        Ok([
            (Image::controller(program, reference.clone()), dockerfile("controller")?),
            (Image::kubeseal_rs(program, reference), dockerfile("kubeseal-rs")?),
        ])
    }

    #[test]
    fn they_are_the_images_of_the_dockerfiles() -> Result<()> {
        for (image, dockerfile) in images()? {
            let instructions = instructions(&dockerfile);
            let labels: Vec<_> = image.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let ports: Vec<_> = image.ports.iter().map(ToString::to_string).collect();
            let mut labels_there = said(&instructions, "LABEL");
            labels_there.sort_unstable();
            assert_eq!(said(&instructions, "FROM"), ["scratch"]);
            assert_eq!(labels_there, labels);
            assert_eq!(said(&instructions, "ENV"), image.environment);
            assert_eq!(said(&instructions, "USER"), [image.user]);
            assert_eq!(said(&instructions, "EXPOSE"), ports);
            assert_eq!(
                said(&instructions, "ENTRYPOINT").concat(),
                format!("[{}]", image.entrypoint.join(","))
            );
        }
        Ok(())
    }

    #[test]
    fn their_files_are_those_of_the_dockerfiles() -> Result<()> {
        for (image, dockerfile) in images()? {
            // `install -D … PATH; \` and `ln -s TARGET PATH; \`
            let command = |name: &str| {
                let line = dockerfile.lines().find_map(|line| line.trim_start().strip_prefix(name));
                let words = line.and_then(|line| line.split_once(';')).map(|(words, _)| words.split(' '));
                words.map(|words| words.map(|word| word.trim_start_matches("/image/")).collect::<Vec<_>>())
            };
            let program = command("install -D ").context("no `install -D`")?;
            let link = command("ln -s ");
            assert_eq!(image.files.len(), 1 + usize::from(link.is_some()));
            assert!(program.last().is_some_and(|path| image.files.contains_key(*path)), "{program:?}");
            if let Some(link) = link {
                match image.files.get(link[1]) {
                    Some(Content::Symlink { target }) => assert_eq!(target, link[0]),
                    other => panic!("{other:?} at {link:?}"),
                }
            }
        }
        Ok(())
    }
}
