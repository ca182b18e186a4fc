def add(a: int, b: int) -> str:
    return a + b  # type: ignore
