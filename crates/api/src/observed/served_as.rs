//! `served_as!`: implements `kube::Resource` for a type that decodes objects of a known kind.

/// Makes a type one that `kube` reads where the API server has objects of `$kind`; with the metadata to read, and to change.
macro_rules! served_as {
    ($type:ty, $kind:ty, |$object:ident| $metadata:expr, $metadata_mut:expr) => {
        impl kube::Resource for $type {
            type DynamicType = ();
            type Scope = <$kind as kube::Resource>::Scope;

            fn kind((): &()) -> std::borrow::Cow<'_, str> {
                <$kind as kube::Resource>::kind(&())
            }

            fn group((): &()) -> std::borrow::Cow<'_, str> {
                <$kind as kube::Resource>::group(&())
            }

            fn version((): &()) -> std::borrow::Cow<'_, str> {
                <$kind as kube::Resource>::version(&())
            }

            fn plural((): &()) -> std::borrow::Cow<'_, str> {
                <$kind as kube::Resource>::plural(&())
            }

            fn meta(&self) -> &ObjectMeta {
                let $object = self;
                &$metadata
            }

            fn meta_mut(&mut self) -> &mut ObjectMeta {
                let $object = self;
                &mut $metadata_mut
            }
        }
    };
}

pub(super) use served_as;
