# shellcheck shell=bash
# A node with nothing on it.

prepare_lab() { :; }
