//! What the options of backups mean, and what is refused.

use super::*;

#[test]
fn options_are_what_they_say() {
    let read = |text: &str| BackupOptions::from_json(text).unwrap();
    let ms = Duration::from_millis;
    let usual = read("{}");
    assert_eq!(usual.interval, Some(ms(300_000)));
    assert_eq!(usual.min_interval, ms(5000));
    assert_eq!(
        (usual.is_incremental, usual.max_deltas, usual.keep),
        (false, 10, None)
    );
    assert_eq!(read("{\"interval_ms\":0}").interval, None);
    assert_eq!(read("{\"interval_ms\":1}").interval, Some(ms(1)));
    assert_eq!(read("{\"min_interval_ms\":0}").min_interval, ms(0));
    assert_eq!(read("{\"max_deltas\":1}").max_deltas, 1);
    assert_eq!(read("{\"keep\":3}").keep, Some(3));
    assert_eq!(read("{\"keep\":3,\"keep\":null}").keep, None);
    assert!(read("{\"incremental\":true}").is_incremental);
    assert!(!read("{\"incremental\":false}").is_incremental);
}

#[test]
fn what_options_cannot_be_is_refused_with_the_name() {
    for (text, name) in [
        ("{\"interval_ms\":-1}", "interval_ms"),
        ("{\"interval_ms\":1.5}", "interval_ms"),
        ("{\"interval_ms\":36028797018963969}", "interval_ms"),
        ("{\"min_interval_ms\":null}", "min_interval_ms"),
        ("{\"incremental\":1}", "incremental"),
        ("{\"max_deltas\":0}", "max_deltas"),
        ("{\"keep\":0}", "keep"),
        ("{\"keep\":\"3\"}", "keep"),
        ("{\"format\":\"xml\"}", "format"),
        ("{\"colour\":1}", "colour"),
    ] {
        let error = BackupOptions::from_json(text).unwrap_err();
        let told = error.detail().to_string();
        assert!(told.contains(name), "{text}: {told}");
    }
    assert!(BackupOptions::from_json("{\"interval_ms\":36028797018963968}").is_ok());
    assert!(BackupOptions::from_json("[]").is_err());
}
