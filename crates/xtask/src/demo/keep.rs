//! What a person needs to know to play with a demo that is kept running.

use harness::lab::Lab;
use harness::pod::Pod;

use super::shell::Shell;
use crate::paint;

pub(super) fn print(lab: &Lab, shell: &Shell, controller: &Pod) {
    let tools: Vec<_> = shell.tools().iter().map(|dir| dir.display().to_string()).collect();
    println!("\n{}", paint::bold("It keeps running. In another terminal:"));
    println!("export KUBECONFIG={}", lab.control_plane.kubeconfig().display());
    println!("export PATH={}:$PATH", tools.join(":"));
    println!("cd {}", shell.dir().display());
    println!();
    println!("{}", paint::dim("# for example"));
    println!(
        "kubectl create secret generic mine --from-literal=a=b --dry-run=client -o yaml | kubeseal-rs | kubectl apply -f -"
    );
    println!("kubectl get sealedsecret,secret");
    println!("tail -f {}", controller.log_file().display());
    println!("\n{}", paint::bold("Ctrl-C ends it all, and removes these folders."));
}
