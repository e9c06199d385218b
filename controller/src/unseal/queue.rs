//! When SealedSecrets are reconciled, and what bounds the work at one time: [`work_queue`] runs those that are triggered, [`places`] bounds
//! how many, [`cpu_permits`] the processors and large objects, and [`render_rate`] how often one SealedSecret is rendered anew.
//! [`fair_queue`] shares places and permits among the namespaces.

pub(crate) mod action;
pub(crate) mod cpu_permits;
pub(crate) mod fair_queue;
pub(crate) mod places;
pub(crate) mod render_rate;
pub(crate) mod work_queue;
