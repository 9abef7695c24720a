//! Recording: content of cassettes, and runs that end early or cannot be recorded.

use super::{calls, cassette, check, read, record, recorded, report, stream};
use purser_sample_app::{Fault, SampleOptions};
use purser_tests::{TestEnv, connector};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

#[test]
fn cassette_contains_no_credential_and_no_email_address() {
    let (env, _) = recorded(250);
    let text = fs::read_to_string(cassette(&env)).unwrap();
    assert!(!text.contains(env.app.token()));

    let accounts = env.accounts();
    let emails = accounts
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|account| account["emails"].as_array().unwrap());

    let emails: Vec<_> = emails
        .map(|email| email["address"].as_str().unwrap())
        .collect();
    assert!(emails.len() > 200);

    for email in emails {
        assert!(!text.contains(email), "{email}");
    }

    assert!(
        text.contains("person-1@example.invalid") && text.contains("person-200@example.invalid")
    );
}

#[test]
fn partitioned_and_per_account_streams_are_recorded_call_by_call() {
    let env = TestEnv::empty(
        900,
        SampleOptions {
            page_limit: 20,
            ..SampleOptions::default()
        },
    );
    env.purser.upload_and_grant("per-account");
    env.purser.ok("alias create acme --connector per-account");

    assert_eq!(env.connect("acme-main", env.app.token()).code, 0);

    env.purser
        .ok("profile create boards --connector per-account --alias acme");
    env.app.inject(Fault::Slow {
        each: Duration::from_millis(2),
    });
    assert_eq!(record(&env, "").code, 0);

    let text = fs::read(cassette(&env)).unwrap();
    let mut cassette = read(&cassette(&env));
    assert_eq!(calls(&mut cassette, "uses").len(), 3);
    assert_eq!(
        calls(&mut cassette, "uses")[0]["accounts"]
            .as_array()
            .unwrap()
            .len(),
        400
    );

    let output = check(&connector("per-account"), text, "--json");
    assert_eq!(output.code, 0, "{output:#?}");
    assert_eq!(stream(&report(&output), "members")["records"], 900);
}

#[test]
fn interrupted_run_leaves_a_partial_cassette_and_killed_run_leaves_none() {
    for (signal, ended) in [("-INT", Some("interrupted")), ("-KILL", None)] {
        let env = TestEnv::ready(900);
        env.app.inject(Fault::Slow {
            each: Duration::from_millis(100),
        });
        let requests_before = env.app.requests();
        let file = cassette(&env);
        let mut run = env
            .purser
            .command(&format!("run boards --record {}", file.display()));

        let mut run = run
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while env.app.requests() < requests_before + 5 {
            assert!(run.try_wait().unwrap().is_none(), "the run ended too early");
            std::thread::sleep(Duration::from_millis(5));
        }

        let kill = std::process::Command::new("kill")
            .args([signal, &run.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());

        run.wait().unwrap();

        match ended {
            Some(ended) => {
                let mut cassette = read(&file);
                assert_eq!(cassette["ended"], ended);
                assert!((1..9).contains(&calls(&mut cassette, "members").len()));
                assert_eq!(
                    check(&connector("sample"), cassette.to_string(), "").code,
                    0
                );
            }
            None => assert!(!file.exists()),
        }

        let left = fs::read_dir(file.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());

        let left: Vec<_> = left
            .filter(|name| name.to_str().unwrap().starts_with(".cassette"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn unwritable_cassette_path_is_refused_before_any_request() {
    let env = TestEnv::ready(20);
    let requests_before = env.app.requests();
    let file = env.purser.file("boards.cassette.json", "precious");

    record(&env, "").assert_refused(3, "input or configuration", "already exists");
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");

    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("nowhere", &file).unwrap();
    record(&env, "").assert_refused(3, "input or configuration", "already exists");

    let nowhere = env.purser.home().with_file_name("no").join("such");
    let output = env
        .purser
        .run(&format!("run boards --record {}", nowhere.display()));
    output.assert_refused(3, "input or configuration", "cannot be written");
    assert_eq!(env.app.requests(), requests_before, "a request was sent");

    // A run that does not start leaves no file.
    fs::remove_file(&file).unwrap();
    env.purser
        .run(&format!("run other --record {file}"))
        .assert_refused(3, "input or configuration", "other");
    assert!(!Path::new(&file).exists());

    fs::remove_file(env.purser.home().join("vault.key")).unwrap();
    let output = record(&env, "");
    assert!(
        output.code != 0 && env.app.requests() == requests_before,
        "{output:#?}"
    );
    assert!(!Path::new(&file).exists());
}

#[test]
fn oversized_recording_is_cut_off_and_the_run_completes() {
    let env = TestEnv::ready(5_000);
    let output = record(&env, "--record-at-most 1");
    assert_eq!(output.code, 0, "{output:#?}");
    assert!(output.stderr.contains("cut off"), "{output:#?}");
    assert_eq!(env.accounts().as_array().unwrap().len(), 5_000);

    let bytes = fs::read(cassette(&env)).unwrap();
    assert!(
        (900 << 10..=1 << 20).contains(&bytes.len()),
        "{} bytes",
        bytes.len()
    );

    let mut cassette = read(&cassette(&env));
    assert_eq!(cassette["cut_off"], true);
    assert_eq!(cassette["ended"], "complete");
    assert!((5..50).contains(&calls(&mut cassette, "members").len()));

    let output = check(&connector("sample"), bytes, "");
    assert!(
        output.code == 0 && output.stdout.contains("cut off"),
        "{output:#?}"
    );
}
