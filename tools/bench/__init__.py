"""The benchmark: the functions' real binaries against the same work done with the usual SDKs, all on this machine."""
