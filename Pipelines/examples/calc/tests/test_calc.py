from calc import add, mean, multiply, subtract


def test_add():
    assert add(1, 2) == 3


def test_subtract():
    assert subtract(5, 3) == 2


def test_multiply():
    assert multiply(4, 5) == 20


def test_mean():
    assert mean([1, 2, 3]) == 2


def test_mean_of_one_number():
    assert mean([7]) == 7
