//! What is printed with `--keep`: how to use the demo that stays running.

use harness::pod::Pod;

use super::super::shell::Shell;
use crate::paint;

pub(super) fn print(shell: &Shell, controller: &Pod) {
    println!("\n{}", paint::bold("It keeps running. In another terminal:"));
    shell.print_setup();
    println!();
    println!("{}", paint::dim("# for example"));
    println!(
        "kubectl create secret generic mine --from-literal=a=b --dry-run=client -o yaml | kubeseal-rs | kubectl apply -f -"
    );
    println!("kubectl get sealedsecret,secret");
    println!("tail -f {}", controller.log_file().display());
    println!("\n{}", paint::bold("Ctrl-C ends it all, and removes these folders."));
}
