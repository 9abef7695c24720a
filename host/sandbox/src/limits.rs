//! Limits of memory and tables, for components and for instances.

use purser_model::Limits;
use wasmtime::ResourceLimiter;

/// Largest component accepted, in bytes. Guests of interpreted languages carry their interpreter,
/// which takes 10 to 20 MB.
pub(crate) const MAX_COMPONENT_BYTES: usize = 64 << 20;
/// Core instances of one component. The usual tools produce one module, and two or three that
/// connect it to its imports.
pub(crate) const INSTANCES: u32 = 16;
/// Linear memories of one component.
pub(crate) const MEMORIES: u32 = 4;
/// Tables of one component.
pub(crate) const TABLES: u32 = 8;
/// Elements of one table. A large connector calls a few thousand functions indirectly.
pub(crate) const TABLE_ELEMENTS: usize = 20_000;
/// Name of the limit above. No grant can change it.
pub(crate) const TABLE_LIMIT: &str = "table-elements";
/// Largest memory of a call, in bytes, for any grant.
pub(crate) const MEMORY_CEILING: usize = 1 << 30;
/// Component-model handles (tasks, waitable sets) alive at once.
pub(crate) const HANDLES: usize = 10_000;

/// Counts memory over all memories of a store, and remembers refusals.
///
/// A guest whose request is refused traps a little later, with another error.
#[derive(Debug)]
pub(crate) struct MemoryLimiter {
    allowed: u64,
    held: u64,
    refused: Option<Refused>,
}

/// The resource that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Linear memory.
    Memory,
    /// Elements of a table.
    Table,
}

impl MemoryLimiter {
    /// Returns a limiter with the memory limit of the call.
    pub(crate) const fn new(limits: &Limits) -> Self {
        let ceiling = MEMORY_CEILING as u64;
        let allowed = if limits.memory_bytes < ceiling {
            limits.memory_bytes
        } else {
            ceiling
        };
        Self {
            allowed,
            held: 0,
            refused: None,
        }
    }

    /// Returns the memory limit, in bytes.
    pub(crate) const fn allowed(&self) -> u64 {
        self.allowed
    }

    /// Returns the last resource that was refused, if any.
    pub(crate) const fn refused(&self) -> Option<Refused> {
        self.refused
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let sum = self
            .held
            .saturating_add(desired.saturating_sub(current) as u64);
        if sum > self.allowed {
            self.refused = Some(Refused::Memory);
            return Ok(false);
        }

        // A memory never grows beyond its own maximum, so nothing is held then.
        if maximum.is_none_or(|maximum| desired <= maximum) {
            self.held = sum;
        }
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= TABLE_ELEMENTS;
        if !allowed {
            self.refused = Some(Refused::Table);
        }
        Ok(allowed)
    }

    fn instances(&self) -> usize {
        INSTANCES as usize
    }

    fn tables(&self) -> usize {
        TABLES as usize
    }

    fn memories(&self) -> usize {
        MEMORIES as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_over_the_sum_of_all_memories_is_refused() {
        let mut limiter = MemoryLimiter::new(&Limits {
            memory_bytes: 100,
            ..Limits::default()
        });

        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(!limiter.memory_growing(0, 60, None).unwrap());
        assert_eq!(limiter.refused(), Some(Refused::Memory));
        assert!(limiter.memory_growing(60, 100, None).unwrap());
        assert!(!limiter.memory_growing(0, 1, None).unwrap());
    }

    #[test]
    fn growth_beyond_the_own_maximum_is_not_counted() {
        let mut limiter = MemoryLimiter::new(&Limits {
            memory_bytes: 100,
            ..Limits::default()
        });

        assert!(limiter.memory_growing(10, 90, Some(20)).unwrap());
        assert!(limiter.memory_growing(0, 100, None).unwrap());
    }
}
