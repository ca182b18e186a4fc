#[test]
fn adds() {
    assert_eq!(calc::add(1, 2), 3);
}

#[test]
fn nothing() {
    assert_eq!(calc::add(0, 0), 0);
}
