use super::*;
use crate::bindings::purser::connector::http;
use crate::{Account, Page, Records};

fn request(cursor: Option<&str>) -> ReadRequest {
    ReadRequest {
        stream: "users".into(),
        settings: vec![],
        cursor: cursor.map(Into::into),
        since: None,
        page_size: 100,
        accounts: vec![],
    }
}

fn zero_based(cursor: Option<&str>) -> OffsetWindow {
    OffsetWindow::zero_based(&request(cursor)).unwrap()
}

/// Returns the page of a window with these rows.
fn page(window: OffsetWindow, ids: &[usize], total: Option<u64>) -> Result<Page, Failure> {
    let accounts = ids.iter().map(|id| Account::new(format!("u{id}")));
    Page::accounts(accounts.collect::<Vec<_>>()).offset_window(&window, ids.len(), total)
}

/// Reads a list to its end by asking `respond` for the rows and the total from an offset on.
/// Returns the number of rows, of requests, and the last total.
fn read_all(
    respond: impl Fn(OffsetWindow) -> (Vec<usize>, Option<u64>, Option<bool>),
) -> Result<(usize, usize, Option<u64>), Failure> {
    let mut cursors = vec![None];
    let mut rows = 0;
    let mut requests = 0;
    let mut totals = Vec::new();
    while let Some(cursor) = cursors.pop() {
        let window = zero_based(cursor.as_deref());
        let (ids, total, more) = respond(window);
        let page = page(window.has_more(more), &ids, total)?;

        requests += 1;
        assert!(requests < 100, "the read does not end");
        let Records::Accounts(accounts) = &page.records else {
            panic!("{page:?}")
        };
        rows += accounts.len();
        totals.extend(page.total);
        cursors.extend(page.partitions.into_iter().rev().map(Some));
        cursors.extend(page.next.map(Some));
    }

    totals.dedup();
    assert!(
        totals.len() < 2,
        "totals that differ look like moved rows: {totals:?}"
    );
    Ok((rows, requests, totals.last().copied()))
}

/// Returns the rows of a window of a list that the application caps at `cap` rows a page.
fn window_of(list: usize, cap: usize, window: OffsetWindow) -> Vec<usize> {
    let start = usize::try_from(window.start).unwrap();
    let limit = cap.min(window.limit as usize);
    (start.min(list)..(start + limit).min(list)).collect()
}

fn violation<T: fmt::Debug>(result: Result<T, Failure>) -> String {
    match result {
        Err(Failure::ContractViolation(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn list_with_its_total_is_read_with_one_request_more() {
    for (list, requests) in [(0, 1), (1, 2), (100, 2), (101, 3), (250, 4), (7_000, 71)] {
        let total = Some(list as u64);
        let read = read_all(|window| (window_of(list, 100, window), total, None));
        assert_eq!(read, Ok((list, requests, total)));
    }
}

#[test]
fn total_of_a_page_does_not_end_the_list() {
    for list in [7, 9, 250] {
        let read = read_all(|window| {
            let rows = window_of(list, 3.max(list / 10), window);
            let total = rows.len() as u64;
            (rows, Some(total), None)
        });
        assert_eq!(
            read.map(|(rows, _, total)| (rows, total)),
            Ok((list, Some(list as u64)))
        );
    }
}

#[test]
fn list_without_a_total_ends_with_an_empty_page_only() {
    for (list, cap) in [(0, 100), (7, 3), (99, 100), (200, 100)] {
        let read = read_all(|window| (window_of(list, cap, window), None, None));
        assert_eq!(read.map(|(rows, _, _)| rows), Ok(list));
    }
}

#[test]
fn statement_about_more_rows_saves_the_request_after_the_last() {
    for (list, requests) in [(7, 1), (100, 1), (250, 3)] {
        let total = Some(list as u64);
        let read = read_all(|window| {
            let rows = window_of(list, 100, window);
            let end = usize::try_from(window.start).unwrap() + rows.len();
            (rows, total, Some(end < list))
        });
        assert_eq!(read, Ok((list, requests, total)));
    }
    // More rows follow although the total is reached.
    let read = read_all(|window| {
        let rows = window_of(7, 3, window);
        let more = usize::try_from(window.start).unwrap() + rows.len() < 7;
        let total = rows.len() as u64;
        (rows, Some(total), Some(more))
    });
    assert_eq!(read, Ok((7, 3, Some(7))));
}

#[test]
fn contradiction_about_the_end_is_a_violation() {
    let more = |more| zero_based(None).has_more(Some(more));
    let text = violation(page(more(false), &[1, 2], Some(5)));
    assert!(
        text.contains("5 rows") && text.contains("first 2"),
        "{text}"
    );
    assert!(violation(page(more(true), &[], Some(0))).contains("rows follow"));
    assert!(violation(page(zero_based(None), &[], Some(5))).contains("returns none from 0"));
    let before = zero_based(Some("201"));
    assert!(violation(page(before, &[], Some(250))).contains("250"));
}

#[test]
fn single_page_that_ignores_the_offset_is_complete_if_its_total_says_so() {
    for order in [[1, 2, 3], [3, 1, 2]] {
        let read = read_all(|window| {
            let rows = if window.start == 0 { [1, 2, 3] } else { order };
            (rows.to_vec(), Some(3), None)
        });
        assert_eq!(read, Ok((3, 2, Some(3))), "{order:?}");
    }
}

#[test]
fn longer_list_that_ignores_the_offset_is_a_violation() {
    for total in [Some(7), None] {
        let text = violation(read_all(|_| (vec![1, 2, 3], total, None)));
        assert!(text.contains("ignores the offset"), "{text}");
    }
    let one_based = |cursor| OffsetWindow::one_based(&request(cursor)).unwrap();
    let first = page(one_based(None), &[1, 2], Some(4)).unwrap();
    let again = page(one_based(Some(&first.partitions[0])), &[1, 2], Some(4));
    assert!(violation(again).contains("startIndex"));
}

#[test]
fn last_page_that_comes_again_ends_a_list_with_a_total_only() {
    let clamped = |window: OffsetWindow| {
        let start = usize::try_from(window.start).unwrap().min(200);
        (start..(start + 100).min(250)).collect::<Vec<_>>()
    };
    let read = read_all(|window| (clamped(window), Some(250), None));
    assert_eq!(read, Ok((250, 4, Some(250))));
    let text = violation(read_all(|window| (clamped(window), None, None)));
    assert!(text.contains("same rows again"), "{text}");
}

#[test]
fn response_from_another_offset_is_a_violation() {
    let served = |cursor, offset| {
        OffsetWindow::one_based(&request(cursor))
            .unwrap()
            .served_from(Some(offset))
    };
    assert!(page(served(None, 1), &[1], Some(2)).is_ok());
    assert!(
        page(served(None, 0), &[1], Some(2)).is_ok(),
        "counted from 0"
    );
    assert!(page(served(Some("4"), 4), &[4], Some(5)).is_ok());
    for offset in [1, 3, 5] {
        let text = violation(page(served(Some("4"), offset), &[4], Some(9)));
        assert!(
            text.starts_with("startIndex: requested rows from 4"),
            "{text}"
        );
    }
    assert!(
        page(served(Some("4"), 1), &[], Some(3)).is_ok(),
        "no rows are from nowhere"
    );
}

#[test]
fn refusal_past_the_end_counts_for_the_request_after_the_last_only() {
    let response = |status, body: &str| {
        let headers = vec![];
        let body = body.into();
        Response::new(
            "GET /users".into(),
            http::Response {
                status,
                headers,
                body,
            },
        )
    };
    let range = r#"{"detail":"startIndex is out of range"}"#;
    let nothing = r#"{"detail":"nothing here"}"#;
    let confirming = zero_based(Some("250!1f"));
    let unbounded = zero_based(Some("250~1f"));
    for (window, status, body) in [
        (confirming, 400, range),
        (unbounded, 400, range),
        (unbounded, 416, ""),
        (confirming, 404, nothing),
    ] {
        let ended = window.ok(response(status, body)).unwrap();
        assert!(ended.is_none(), "{status} {body}");
    }
    for (window, status, body) in [
        (unbounded, 404, nothing),
        (confirming, 400, r#"{"detail":"bad filter"}"#),
    ] {
        let text = violation(window.ok(response(status, body)));
        assert!(text.contains("is not known"), "{text}");
    }
    for (window, status) in [
        (confirming, 401),
        (confirming, 500),
        (zero_based(Some("200")), 400),
    ] {
        let failure = window.ok(response(status, range)).unwrap_err();
        assert_eq!(Err(failure), response(status, range).ok().map(|_| ()));
    }
    assert!(unbounded.ok(response(200, "[]")).unwrap().is_some());
}

#[test]
fn partitions_of_a_long_list_cover_it_without_gaps() {
    let partitions = |first: OffsetWindow, rows, total| first.partitions(rows, total);
    let offset = || zero_based(None);
    assert_eq!(
        partitions(offset(), 100, Some(250)),
        ["100-200", "200"],
        "the last partition has no end"
    );
    assert_eq!(
        partitions(
            OffsetWindow::one_based(&request(None)).unwrap(),
            100,
            Some(201)
        ),
        ["101-201", "201"]
    );
    // Whole pages per partition, and no more partitions than the maximum.
    let many = partitions(offset(), 100, Some(1_000_000));
    assert_eq!(
        (many.len(), many[0].as_str(), many[63].as_str()),
        (64, "100-15800", "989200")
    );
    for (rows, total) in [
        (100, None),
        (100, Some(100)),
        (0, Some(100)),
        (100, Some(0)),
    ] {
        assert!(
            partitions(offset(), rows, total).is_empty(),
            "{rows} of {total:?}"
        );
    }
    let inside = zero_based(Some("100-200"));
    assert!(
        inside.partitions(50, Some(250)).is_empty(),
        "a partition has no partitions"
    );
}

#[test]
fn window_of_a_partition_ends_where_the_next_begins() {
    let part = zero_based(Some("100-230"));
    assert_eq!((part.start, part.limit), (100, 100));
    assert_eq!(part.next_cursor(100, Some(900)), Ok(Some("200-230".into())));
    let rest = zero_based(Some("200-230"));
    assert_eq!(rest.limit, 30, "no row of another partition");
    assert_eq!(rest.next_cursor(30, Some(900)), Ok(None));
    for total in [Some(900), Some(10), None] {
        assert_eq!(
            rest.next_cursor(10, total),
            Ok(Some("210-230".into())),
            "neither a short page nor a total that changed is the end"
        );
    }
    assert_eq!(
        rest.next_cursor(0, Some(150)),
        Ok(None),
        "the list has become shorter"
    );
    assert!(violation(rest.next_cursor(0, Some(900))).contains("900"));
}

#[test]
fn cursor_keeps_the_window_and_its_evidence() {
    for cursor in [
        "5",
        "5-7",
        "5@1f.2e",
        "5-7@1f.2e",
        "5@1f.2e!3d",
        "5@1f.2e~3d",
        "5~3d",
    ] {
        let window = zero_based(Some(cursor));
        assert_eq!(window.cursor(5, window.phase, None), cursor);
    }
    for cursor in [
        "",
        "x",
        "-1",
        "https://a.example/",
        "5-",
        "-5",
        "7-7",
        "9-7",
        "1-2-3",
        "a-b",
        "5@",
        "5@1",
        "5@x.y",
        "5!",
        "5!x",
        "5~",
    ] {
        let window = OffsetWindow::zero_based(&request(Some(cursor)));
        assert!(
            matches!(window, Err(Failure::CheckpointInvalid(_))),
            "{cursor}"
        );
    }
    let one_based = OffsetWindow::one_based(&request(Some("0")));
    assert!(matches!(one_based, Err(Failure::CheckpointInvalid(_))));
}

#[test]
fn limit_is_that_of_the_request_and_can_be_lowered() {
    assert_eq!(zero_based(None).limit, 100);
    assert_eq!(zero_based(None).max_limit(50).limit, 50);
    assert_eq!(zero_based(None).max_limit(500).limit, 100);
}
