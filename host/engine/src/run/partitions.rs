//! Reading of a stream in partitions, several at once, each with a checkpoint of its own.

use super::error::StreamError;
use super::page::PageRequest;
use super::reader::StreamReader;
use super::sink::PageSink;
use crate::call::Prefetch;
use futures::stream::{FuturesUnordered, StreamExt as _};
use purser_model::DataStream;
use purser_store::Partition;
use std::collections::VecDeque;
use std::sync::Arc;

/// Partitions of a stream that are read at once. The client limits the requests of all together.
const MAX_PARALLEL_PARTITIONS: usize = 8;

impl StreamReader<'_> {
    /// Reads partitions to their ends. A stream that starts at its beginning learns its other
    /// partitions from the first page.
    pub(super) async fn read_partitions(
        &self,
        stream: &DataStream,
        partitions: Vec<Partition>,
        sink: &PageSink,
    ) -> Result<(), StreamError> {
        let first_prefetch = Arc::default();
        let mut waiting = VecDeque::from(partitions);
        if is_beginning(waiting.make_contiguous()) {
            waiting = self.read_first_page(stream, &first_prefetch, sink).await?;
        }

        let mut reading = FuturesUnordered::new();
        loop {
            while reading.len() < MAX_PARALLEL_PARTITIONS
                && let Some(partition) = waiting.pop_front()
            {
                // why: only the first partition continues the call that prefetched for it
                let prefetch = if partition.number == 0 {
                    Arc::clone(&first_prefetch)
                } else {
                    Arc::default()
                };
                reading.push(self.read_partition(stream, partition, prefetch, sink));
            }

            match reading.next().await {
                Some(read) => read?,
                None => return Ok(()),
            }
        }
    }

    /// Reads the page at the beginning of a stream and returns the partitions that are left.
    async fn read_first_page(
        &self,
        stream: &DataStream,
        prefetch: &Arc<Prefetch>,
        sink: &PageSink,
    ) -> Result<VecDeque<Partition>, StreamError> {
        let request = PageRequest::Partition {
            number: 0,
            cursor: None,
            prefetch,
            sink,
        };
        let fetched = self.fetch(stream, request).await?;

        let rest = fetched.page.next.iter().map(|next| (0, next));
        let others = (1..).zip(&fetched.page.partitions);
        let waiting = rest
            .chain(others)
            .map(|(number, start)| Partition {
                number,
                cursor: Some(start.clone()),
            })
            .collect();

        sink.push(stream, 0, fetched).await?;
        Ok(waiting)
    }

    async fn read_partition(
        &self,
        stream: &DataStream,
        partition: Partition,
        prefetch: Arc<Prefetch>,
        sink: &PageSink,
    ) -> Result<(), StreamError> {
        let Partition { number, mut cursor } = partition;

        loop {
            let request = PageRequest::Partition {
                number,
                cursor,
                prefetch: &prefetch,
                sink,
            };
            let fetched = self.fetch(stream, request).await?;
            cursor = fetched.page.next.clone();
            sink.push(stream, number, fetched).await?;

            if cursor.is_none() {
                return Ok(());
            }
        }
    }
}

/// True if nothing of the stream was read yet.
fn is_beginning(partitions: &[Partition]) -> bool {
    matches!(
        partitions,
        [Partition {
            number: 0,
            cursor: None,
        }]
    )
}
