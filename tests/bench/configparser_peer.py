#!/usr/bin/env python3
"""Reads every env file of a directory with Python's configparser, as OpenSVC did, and prints the median in milliseconds.

The files are in memory before the clock starts, and nothing in them is checked. Usage: configparser_peer.py DIR
"""

import configparser
import pathlib
import statistics
import sys
import time


def read_all(texts):
    for text in texts:
        parser = configparser.RawConfigParser(strict=False, inline_comment_prefixes=(";",))
        parser.read_string(text)


def main():
    texts = [file.read_text() for file in sorted(pathlib.Path(sys.argv[1]).glob("*.env"))]
    read_all(texts)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        read_all(texts)
        times.append((time.perf_counter() - begin) * 1000)
    print(f"{statistics.median(times):.2f}")


if __name__ == "__main__":
    main()
