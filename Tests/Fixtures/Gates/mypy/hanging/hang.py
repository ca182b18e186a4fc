import time


def plugin(version):
    time.sleep(600)
