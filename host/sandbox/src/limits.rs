//! Memory and tables: what an instance may hold.

use purser_model::Limits;
use wasmtime::ResourceLimiter;

/// Core instances of one component. A component made by the usual tools has one module of its own and two or three that join it to its imports.
pub(crate) const INSTANCES: u32 = 16;
/// Linear memories of one component.
pub(crate) const MEMORIES: u32 = 4;
/// Tables of one component.
pub(crate) const TABLES: u32 = 8;
/// Elements of one table. A large connector has a few thousand functions that are called indirectly.
pub(crate) const TABLE_ELEMENTS: usize = 20_000;
/// The name of that limit, which no grant changes.
pub(crate) const TABLE_LIMIT: &str = "table-elements";
/// The most memory that a call can have, whatever the grant says.
pub(crate) const MEMORY_CEILING: usize = 1 << 30;
/// Component-model handles (tasks, waitable sets) alive at once.
pub(crate) const HANDLES: usize = 10_000;

/// Sums memory over all memories of a store, and remembers what it refused: a guest that is refused memory traps a little later, for what
/// looks like another reason.
#[derive(Debug)]
pub(crate) struct MemoryLimiter {
    allowed: u64,
    held: u64,
    refused: Option<Refused>,
}

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Linear memory.
    Memory,
    /// Elements of a table.
    Table,
}

impl MemoryLimiter {
    /// Allows what the limits do.
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

    /// What may be held in all, in bytes.
    pub(crate) const fn allowed(&self) -> u64 {
        self.allowed
    }

    /// What was refused last.
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
        // Beyond its own maximum a memory does not grow though it is allowed to: nothing is held then.
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
    fn memories_are_summed() {
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
    fn growth_that_cannot_happen_is_not_counted() {
        let mut limiter = MemoryLimiter::new(&Limits {
            memory_bytes: 100,
            ..Limits::default()
        });
        assert!(limiter.memory_growing(10, 90, Some(20)).unwrap());
        assert!(limiter.memory_growing(0, 100, None).unwrap());
    }
}
