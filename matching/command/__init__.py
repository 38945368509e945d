"""The command line of the matcher: the only part of the package that opens files."""
