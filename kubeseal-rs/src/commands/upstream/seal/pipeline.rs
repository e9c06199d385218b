//! [`Pipeline`]: a stream of documents, sealed on all processors, written in order.
//!
//! One thread, the caller's, splits the stream and writes; the others parse and seal. Memory is bounded by the window:
//! a limited number of documents is read and not yet written, however long the stream is.

use crate::commands::common::settle::SettleError;
use crate::commands::common::written::Written;
use crate::commands::upstream::seal::document::{Sealed, seal_document};
use crate::commands::upstream::task::Seal;
use crate::error::CommandError;
use crate::files::output::whole::Whole;
use crate::manifest::error::ManifestError;
use crate::manifest::yaml::stream::{DocumentStream, StreamedDocument};
use envelope::Certificate;
use std::collections::VecDeque;
use std::io::Read;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// With fewer documents, threads cost more time than they save.
const FEW: usize = 8;

/// Number of documents in the window for each thread, so that no thread waits for the next document.
const PER_THREAD: usize = 8;

/// A document, and the channel for its result.
type Job = (StreamedDocument, SyncSender<Outcome>);

type Outcome = Result<Sealed, SettleError>;

/// Seals a stream, and writes to a `Whole` that the caller finishes.
pub(crate) struct Pipeline<'a> {
    seal: &'a Seal,
    certificate: &'a Certificate,
    output: Whole<'a>,
    written: Written,
    /// Objects before the current document, for messages.
    objects: usize,
    secrets: usize,
}

impl<'a> Pipeline<'a> {
    pub(crate) fn new(seal: &'a Seal, certificate: &'a Certificate) -> Self {
        Self {
            seal,
            certificate,
            output: Whole::of(&seal.output),
            written: Written::default(),
            objects: 0,
            secrets: 0,
        }
    }

    /// Seals every Secret of the stream; the error is that of the first document that fails.
    pub(crate) fn run(mut self, reader: impl Read) -> Result<(Whole<'a>, Written), CommandError> {
        let input = &self.seal.secrets;
        let mut documents = DocumentStream::new(reader)
            .map(|document| document.map_err(|source| CommandError::from(input.failed(source))));
        let first: Vec<_> = documents.by_ref().take(FEW).collect();
        // Their number is in files of the cgroup, which a few Secrets need not wait for.
        let threads =
            if first.len() < FEW { 1 } else { thread::available_parallelism().map_or(1, NonZero::get) };
        if threads == 1 {
            for document in first.into_iter().chain(documents) {
                let sealed = seal_document(self.seal, self.certificate, &document?);
                self.take(sealed)?;
            }
        } else {
            self.on_threads(threads, first.into_iter().chain(documents))?;
        }
        if self.secrets == 0 {
            return Err(ManifestError::Nothing(input.clone()).into());
        }
        Ok((self.output, self.written))
    }

    fn on_threads(
        &mut self,
        threads: usize,
        documents: impl Iterator<Item = Result<StreamedDocument, CommandError>>,
    ) -> Result<(), CommandError> {
        let (seal, certificate) = (self.seal, self.certificate);
        let (jobs, queue) = channel::<Job>();
        let queue = Mutex::new(queue);
        thread::scope(|scope| {
            // The threads end when this sender is dropped.
            let jobs = jobs;
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        // The lock is held only to receive; a thread that panicked ends the scope with its panic.
                        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok((document, result)) = next else { break };
                        // There is no receiver after an earlier document failed.
                        let _ = result.send(seal_document(seal, certificate, &document));
                    }
                });
            }
            let mut window: VecDeque<Receiver<Outcome>> = VecDeque::new();
            for document in documents {
                if window.len() >= threads * PER_THREAD {
                    self.take_first(&mut window)?;
                }
                let (send, receive) = sync_channel(1);
                // Fails only if all threads have panicked; then nothing is received either.
                let _ = jobs.send((document?, send));
                window.push_back(receive);
            }
            while !window.is_empty() {
                self.take_first(&mut window)?;
            }
            Ok(())
        })
    }

    fn take_first(&mut self, window: &mut VecDeque<Receiver<Outcome>>) -> Result<(), CommandError> {
        // A thread that panicked sends nothing; the scope ends with its panic.
        let Some(sealed) = window.pop_front().and_then(|first| first.recv().ok()) else { return Ok(()) };
        self.take(sealed)
    }

    fn take(&mut self, sealed: Outcome) -> Result<(), CommandError> {
        let sealed = sealed.map_err(|error| error.after(self.objects))?;
        self.objects += sealed.objects;
        self.secrets += sealed.secrets;
        self.written.append(sealed.written);
        Ok(self.output.write(&sealed.text)?)
    }
}
