# ruff: noqa
import os


def add(a: int, b: int) -> int:
    return a + c
